package org.ionforge.compute.cpu;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.GatheredConvolution;
import org.ionforge.compute.SpikingArguments;
import org.ionforge.compute.SpikingConvolution;
import org.ionforge.compute.SpikingLinear.Gradients;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.SpikingLinear.Layer;
import org.ionforge.compute.SpikingLinear.Outputs;
import org.ionforge.compute.SpikingLinear.Upstream;

/// Rows of floats are read where they lie in the pooled maps (`native/src/isa/input_rows.h`); those of spikes are a bit each, and gathered.
final class CpuSpikingConvolution implements SpikingConvolution {

    private final CpuSpikingLinear linear;
    private final GatheredConvolution gathered;

    CpuSpikingConvolution(CpuBackend backend, CpuSpikingLinear linear) {
        this.linear = linear;
        gathered = new GatheredConvolution(backend);
    }

    @Override
    public void forward(Shape shape, Layer layer, Input maps, Outputs outputs) {
        if (shape.rowsSpike(maps)) {
            gathered.forward(shape, layer, maps, outputs);
        } else {
            SpikingArguments.checkForward(shape, layer, maps, outputs);
            linear.forward(shape.linear(), layer, structs -> structs.of(maps, shape.patches(maps)), outputs);
        }
    }

    @Override
    public void backward(Shape shape, Layer layer, Input maps, Buffer currents, Upstream upstream, Gradients gradients) {
        if (shape.rowsSpike(maps)) {
            gathered.backward(shape, layer, maps, currents, upstream, gradients);
        } else {
            SpikingArguments.checkBackward(shape, layer, maps, currents, upstream, gradients);
            linear.backward(shape.linear(), layer, structs -> structs.of(maps, shape.patches(maps)), currents, upstream, gradients);
        }
    }

    @Override
    public void close() {
        gathered.close();
    }
}
