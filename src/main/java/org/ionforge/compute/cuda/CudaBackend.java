package org.ionforge.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GradientNorm;
import org.ionforge.compute.GreatCircle;
import org.ionforge.compute.GridSquares;
import org.ionforge.compute.GroupedMedians;
import org.ionforge.compute.Lif;
import org.ionforge.compute.Observers;
import org.ionforge.compute.Patches;
import org.ionforge.compute.Precision;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.RadixSort;
import org.ionforge.compute.RandomFill;
import org.ionforge.compute.Reductions;
import org.ionforge.compute.RmsProp;
import org.ionforge.compute.SamplingKeys;
import org.ionforge.compute.Sgd;
import org.ionforge.compute.SilverEmbedding;
import org.ionforge.compute.SolarElevation;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpotKeys;

/// Every operation as a CUDA kernel: on a GPU, or on the emulator in its place.
public final class CudaBackend implements Backend {

    private final Device device;
    private final AtomicInteger live = new AtomicInteger();
    private final DeviceScratch gatedMlpScratch;
    private final ProductProviders providers;
    private final CudaRadixSort radixSort;
    private final CudaGroupedMedians groupedMedians;
    private final CudaQuantizedGemm quantizedGemm;
    private final CudaFakeQuantisation fakeQuantisation;
    private final CudaObservers observers;
    private final CudaGradientNorm gradientNorm;
    private final CudaLif lif;
    private final CudaActivityLosses activityLosses;
    private final CudaSpikingLinear spikingLinear;

    /// Takes the device over and closes it in the end.
    public CudaBackend(Device device) {
        this.device = device;
        this.gatedMlpScratch = new DeviceScratch(device);
        this.providers = new ProductProviders(device);
        this.radixSort = new CudaRadixSort(device);
        this.groupedMedians = new CudaGroupedMedians(device);
        this.quantizedGemm = new CudaQuantizedGemm(this);
        this.fakeQuantisation = new CudaFakeQuantisation(device);
        this.observers = new CudaObservers(device, fakeQuantisation);
        this.gradientNorm = new CudaGradientNorm(device);
        this.lif = new CudaLif(device);
        this.activityLosses = new CudaActivityLosses(device);
        this.spikingLinear = new CudaSpikingLinear(device, quantizedGemm, CudaSpikingLinear.SLICE_BYTES);
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public String description() {
        return device.description();
    }

    /// What it runs on.
    public Device device() {
        return device;
    }

    @Override
    public boolean hostAddressable() {
        return false;
    }

    @Override
    public Buffer allocate(ElementType type, long length) {
        return new DeviceBuffer(device, live, type, length);
    }

    @Override
    public Buffer load(ElementType type, MemorySegment host) {
        if (host.byteSize() % type.bytes() != 0) {
            throw new IllegalArgumentException(host.byteSize() + " bytes are no whole number of " + type);
        }
        Buffer buffer = allocate(type, host.byteSize() / type.bytes());
        try {
            buffer.upload(host);
        } catch (RuntimeException e) {
            buffer.close();
            throw e;
        }
        return buffer;
    }

    @Override
    public int liveBuffers() {
        return live.get();
    }

    @Override
    public long peakBytes() {
        return device.peakBytes();
    }

    @Override
    public long restartPeak() {
        return device.restartPeak();
    }

    @Override
    public void synchronize() {
        device.synchronize();
    }

    @Override
    public GridSquares gridSquares() {
        return new CudaGridSquares(device);
    }

    @Override
    public GreatCircle greatCircle() {
        return new CudaGreatCircle(device);
    }

    @Override
    public SolarElevation solarElevation() {
        return new CudaSolarElevation(device);
    }

    @Override
    public SilverEmbedding silverEmbedding() {
        return new CudaSilverEmbedding(device);
    }

    @Override
    public SamplingKeys samplingKeys() {
        return new CudaSamplingKeys(device);
    }

    @Override
    public SpotKeys spotKeys() {
        return new CudaSpotKeys(device);
    }

    @Override
    public RadixSort radixSort() {
        return radixSort;
    }

    @Override
    public GroupedMedians groupedMedians() {
        return groupedMedians;
    }

    @Override
    public Reductions reductions() {
        return new CudaReductions(this);
    }

    @Override
    public GatedMlp gatedMlp(Precision precision) {
        return new CudaGatedMlp(device, gatedMlpScratch, precision, providers);
    }

    @Override
    public AdamW adamW() {
        return new CudaAdamW(device);
    }

    @Override
    public BatchRows batchRows() {
        return new CudaBatchRows(device);
    }

    @Override
    public Patches patches() {
        return new CudaPatches(device);
    }

    @Override
    public CrossEntropy crossEntropy() {
        return new CudaCrossEntropy(device);
    }

    @Override
    public ActivityLosses activityLosses() {
        return activityLosses;
    }

    @Override
    public QuantizedGemm quantizedGemm() {
        return quantizedGemm;
    }

    @Override
    public FakeQuantisation fakeQuantisation() {
        return fakeQuantisation;
    }

    @Override
    public Observers observers() {
        return observers;
    }

    @Override
    public Sgd sgd() {
        return new CudaSgd(device);
    }

    @Override
    public RmsProp rmsProp() {
        return new CudaRmsProp(device);
    }

    @Override
    public GradientNorm gradientNorm() {
        return gradientNorm;
    }

    @Override
    public RandomFill randomFill() {
        return new CudaRandomFill(device);
    }

    @Override
    public Lif lif() {
        return lif;
    }

    @Override
    public SpikingLinear spikingLinear() {
        return spikingLinear;
    }

    @Override
    public void close() {
        gatedMlpScratch.close();
        providers.close();
        radixSort.close();
        groupedMedians.close();
        quantizedGemm.close();
        fakeQuantisation.close();
        observers.close();
        gradientNorm.close();
        lif.close();
        activityLosses.close();
        spikingLinear.close();
        device.close();
    }
}
