package org.ionforge.compute.reference;

import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.CrossEntropy;
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
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpotKeys;

/// The definition of every operation: plain scalar Java, double accumulation, slow and readable.
public final class ReferenceBackend extends HostBackend {

    private final AdamW adamW = new ReferenceAdamW();

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String description() {
        return "plain Java";
    }

    @Override
    public GridSquares gridSquares() {
        return new ReferenceGridSquares();
    }

    @Override
    public GreatCircle greatCircle() {
        return new ReferenceGreatCircle();
    }

    @Override
    public SolarElevation solarElevation() {
        return new ReferenceSolarElevation();
    }

    @Override
    public SilverEmbedding silverEmbedding() {
        return new ReferenceSilverEmbedding();
    }

    @Override
    public SamplingKeys samplingKeys() {
        return new ReferenceSamplingKeys();
    }

    @Override
    public SpotKeys spotKeys() {
        return new ReferenceSpotKeys();
    }

    @Override
    public RadixSort radixSort() {
        return new ReferenceRadixSort();
    }

    @Override
    public GroupedMedians groupedMedians() {
        return new ReferenceGroupedMedians();
    }

    @Override
    public Reductions reductions() {
        return new ReferenceReductions();
    }

    @Override
    public GatedMlp gatedMlp(Precision precision) {
        return new ReferenceGatedMlp(precision);
    }

    @Override
    public AdamW adamW() {
        return adamW;
    }

    @Override
    public Lif lif() {
        return new ReferenceLif();
    }

    @Override
    public SpikingLinear spikingLinear() {
        return new ReferenceSpikingLinear();
    }

    @Override
    public QuantizedGemm quantizedGemm() {
        return new ReferenceQuantizedGemm(this);
    }

    @Override
    public BatchRows batchRows() {
        return new ReferenceBatchRows();
    }

    @Override
    public Patches patches() {
        return new ReferencePatches();
    }

    @Override
    public CrossEntropy crossEntropy() {
        return new ReferenceCrossEntropy();
    }

    @Override
    public ActivityLosses activityLosses() {
        return new ReferenceActivityLosses();
    }

    @Override
    public FakeQuantisation fakeQuantisation() {
        return new ReferenceFakeQuantisation();
    }

    @Override
    public Observers observers() {
        return new ReferenceObservers();
    }

    @Override
    public Sgd sgd() {
        return new ReferenceSgd();
    }

    @Override
    public RmsProp rmsProp() {
        return new ReferenceRmsProp();
    }

    @Override
    public GradientNorm gradientNorm() {
        return new ReferenceGradientNorm();
    }

    @Override
    public RandomFill randomFill() {
        return new ReferenceRandomFill();
    }

    @Override
    public void close() {
    }
}
