package org.ionforge.compute.reference;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.SpikingArguments;

/// The definition: forward in float as the dialect orders it, backward in double along the same membranes.
final class ReferenceLif implements Lif {

    @Override
    public void forward(Shape shape, LifNeurons neurons, Currents currents, Outputs outputs) {
        SpikingArguments.checkForward(shape, neurons, currents, outputs);
        new LifSamples(shape, neurons, read(shape, currents)).forward(outputs);
    }

    @Override
    public void backward(Shape shape, LifNeurons neurons, Currents currents, Upstream upstream, Buffer currentGradient,
                         Gradients gradients) {
        SpikingArguments.checkBackward(shape, neurons, currents, upstream, currentGradient, gradients);
        double[] sample = new double[currents.constant() ? shape.neurons() : 0];
        new LifSamples(shape, neurons, read(shape, currents)).backward(LifSamples.bySpike(shape, upstream),
                LifSamples.byMembrane(shape, upstream), (t, b, n, value) -> {
                    long cell = (long) b * shape.neurons() + n;
                    if (currents.constant()) {
                        sample[n] = t == 0 ? value : sample[n] + value;
                        HostArrays.setFloat(currentGradient, cell, sample[n]);
                    } else {
                        HostArrays.setFloat(currentGradient, t * shape.cells() + cell, value);
                    }
                }, gradients);
    }

    private static LifSamples.Floats read(Shape shape, Currents currents) {
        HostArrays.Floats values = HostArrays.anyFloats(currents.values());
        return (t, b, n) -> values.get((currents.constant() ? 0 : t * shape.cells()) + (long) b * shape.neurons() + n);
    }
}
