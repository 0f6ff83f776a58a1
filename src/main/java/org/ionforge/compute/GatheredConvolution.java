package org.ionforge.compute;

import org.ionforge.compute.SpikingLinear.Gradients;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.SpikingLinear.Layer;
import org.ionforge.compute.SpikingLinear.Outputs;
import org.ionforge.compute.SpikingLinear.Upstream;

/// The definition of [SpikingConvolution]: all rows in a buffer, and a room's own operations on them.
public final class GatheredConvolution implements SpikingConvolution {

    private final Backend backend;
    /// Of the last forward; null before the first.
    private Buffer rows;
    /// Null before the first backward that wants gradients of maps.
    private Buffer byRows;

    public GatheredConvolution(Backend backend) {
        this.backend = backend;
    }

    @Override
    public void forward(Shape shape, Layer layer, Input maps, Outputs outputs) {
        Patches.Shape patches = shape.patches(maps);
        ElementType type = shape.rowsSpike(maps) ? ElementType.U32 : ElementType.F32;
        rows = room(rows, type, patches.rowElements(type));
        backend.patches().gather(patches, maps.values(), rows);
        backend.spikingLinear().forward(shape.linear(), layer, rows(shape, maps), outputs);
    }

    @Override
    public void backward(Shape shape, Layer layer, Input maps, Buffer currents, Upstream upstream, Gradients gradients) {
        Patches.Shape patches = shape.patches(maps);
        if (gradients.input() == null) {
            backend.spikingLinear().backward(shape.linear(), layer, rows(shape, maps), currents, upstream, gradients);
            return;
        }
        byRows = room(byRows, ElementType.F32, patches.rowElements(ElementType.F32));
        backend.spikingLinear().backward(shape.linear(), layer, rows(shape, maps), currents, upstream,
                new Gradients(gradients.weights(), gradients.bias(), gradients.lif(), gradients.current(), byRows));
        backend.patches().scatter(patches, byRows, gradients.input());
    }

    private Input rows(Shape shape, Input maps) {
        return switch (maps.kind()) {
            case CONSTANT -> Input.constant(rows);
            case SEQUENCE -> Input.sequence(rows);
            case SPIKES -> shape.rowsSpike(maps) ? Input.spikes(rows) : Input.sequence(rows);
        };
    }

    private Buffer room(Buffer held, ElementType type, long length) {
        if (held != null && held.type() == type && held.length() >= length) {
            return held;
        }
        if (held != null) {
            held.close();
        }
        return backend.allocate(type, length);
    }

    @Override
    public void close() {
        for (Buffer held : new Buffer[] {rows, byRows}) {
            if (held != null) {
                held.close();
            }
        }
    }
}
