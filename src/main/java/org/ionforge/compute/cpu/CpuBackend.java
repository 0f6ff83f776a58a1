package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
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

/// Every operation in native C++, with the widest instruction set the processor has.
public final class CpuBackend implements Backend {

    private final HostMemory memory = new HostMemory();
    private final CpuGatedMlp gatedMlp = new CpuGatedMlp();
    private final AdamW adamW = new CpuAdamW();

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "native C++ (" + ionforge_cpu_h.ionforge_cpu_isa() + ", " + ionforge_cpu_h.ionforge_cpu_threads() + " threads)";
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
        throw new UnsupportedOperationException("gridSquares");
    }

    @Override
    public GreatCircle greatCircle() {
        throw new UnsupportedOperationException("greatCircle");
    }

    @Override
    public SolarElevation solarElevation() {
        throw new UnsupportedOperationException("solarElevation");
    }

    @Override
    public SilverEmbedding silverEmbedding() {
        throw new UnsupportedOperationException("silverEmbedding");
    }

    @Override
    public SamplingKeys samplingKeys() {
        throw new UnsupportedOperationException("samplingKeys");
    }

    @Override
    public Reductions reductions() {
        throw new UnsupportedOperationException("reductions");
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
        gatedMlp.close();
    }
}
