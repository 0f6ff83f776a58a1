package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.AdamW;
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
import org.ionforge.compute.HostBackend;
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
import org.ionforge.compute.SpikingConvolution;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpotKeys;

/// Every operation in native C++, with the widest instruction set the processor has.
public final class CpuBackend extends HostBackend {

    private final Workspace workspace = new Workspace();
    private final Workspace sortWorkspace = new Workspace();
    private final AdamW adamW = new CpuAdamW();
    private final QuantizedGemm quantizedGemm = new CpuQuantizedGemm(this, workspace);
    private final Lif lif = new CpuLif(workspace);
    private final CpuSpikingLinear spikingLinear = new CpuSpikingLinear(workspace);

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "native C++ (" + ionforge_cpu_h.ionforge_cpu_isa() + ", " + ionforge_cpu_h.ionforge_cpu_threads() + " threads)";
    }

    @Override
    public Buffer load(ElementType type, MemorySegment host) {
        if (!host.isNative()) {
            throw new IllegalArgumentException("the cpu backend reads memory off the heap: copy the array into an arena, or upload it");
        }
        return super.load(type, host);
    }

    @Override
    public GridSquares gridSquares() {
        return new CpuGridSquares();
    }

    @Override
    public GreatCircle greatCircle() {
        return new CpuGreatCircle();
    }

    @Override
    public SolarElevation solarElevation() {
        return new CpuSolarElevation();
    }

    @Override
    public SilverEmbedding silverEmbedding() {
        return new CpuSilverEmbedding();
    }

    @Override
    public SamplingKeys samplingKeys() {
        return new CpuSamplingKeys();
    }

    @Override
    public SpotKeys spotKeys() {
        return new CpuSpotKeys();
    }

    @Override
    public RadixSort radixSort() {
        return new CpuRadixSort(sortWorkspace);
    }

    @Override
    public GroupedMedians groupedMedians() {
        return new CpuGroupedMedians();
    }

    @Override
    public Reductions reductions() {
        return new CpuReductions();
    }

    @Override
    public GatedMlp gatedMlp(Precision precision) {
        return new CpuGatedMlp(precision, workspace);
    }

    @Override
    public AdamW adamW() {
        return adamW;
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
    public SpikingConvolution spikingConvolution() {
        return new CpuSpikingConvolution(this, spikingLinear);
    }

    @Override
    public QuantizedGemm quantizedGemm() {
        return quantizedGemm;
    }

    @Override
    public BatchRows batchRows() {
        return new CpuBatchRows();
    }

    @Override
    public Patches patches() {
        return new CpuPatches();
    }

    @Override
    public CrossEntropy crossEntropy() {
        return new CpuCrossEntropy();
    }

    @Override
    public ActivityLosses activityLosses() {
        return new CpuActivityLosses();
    }

    @Override
    public FakeQuantisation fakeQuantisation() {
        return new CpuFakeQuantisation();
    }

    @Override
    public Observers observers() {
        return new CpuObservers();
    }

    @Override
    public Sgd sgd() {
        return new CpuSgd();
    }

    @Override
    public RmsProp rmsProp() {
        return new CpuRmsProp();
    }

    @Override
    public GradientNorm gradientNorm() {
        return new CpuGradientNorm();
    }

    @Override
    public RandomFill randomFill() {
        return new CpuRandomFill();
    }

    @Override
    public void close() {
        workspace.close();
        sortWorkspace.close();
    }
}
