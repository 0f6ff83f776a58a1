package org.ionforge.compute.reference;

import java.lang.foreign.MemorySegment;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GreatCircle;
import org.ionforge.compute.GridSquares;
import org.ionforge.compute.HostMemory;
import org.ionforge.compute.Reductions;
import org.ionforge.compute.SamplingKeys;
import org.ionforge.compute.SilverEmbedding;
import org.ionforge.compute.SolarElevation;

/// The definition of every operation: plain scalar Java, double accumulation, slow and readable.
public final class ReferenceBackend implements Backend {

    private final HostMemory memory = new HostMemory();
    private final GatedMlp gatedMlp = new ReferenceGatedMlp();
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
    public boolean hostAddressable() {
        return true;
    }

    @Override
    public Buffer allocate(ElementType type, long length) {
        return memory.allocate(type, length);
    }

    @Override
    public Buffer load(ElementType type, MemorySegment host) {
        return memory.load(type, host);
    }

    @Override
    public int liveBuffers() {
        return memory.liveBuffers();
    }

    @Override
    public void synchronize() {
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
    public Reductions reductions() {
        return new ReferenceReductions();
    }

    @Override
    public GatedMlp gatedMlp() {
        return gatedMlp;
    }

    @Override
    public AdamW adamW() {
        return adamW;
    }

    @Override
    public void close() {
    }
}
