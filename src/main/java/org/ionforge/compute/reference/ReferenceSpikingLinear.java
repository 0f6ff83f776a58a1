package org.ionforge.compute.reference;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Lif;
import org.ionforge.compute.SpikingArguments;
import org.ionforge.compute.SpikingLinear;

/// The definition: products summed in double, the neurons as [ReferenceLif] has them, gradients in double.
final class ReferenceSpikingLinear implements SpikingLinear {

    @Override
    public void forward(Shape shape, Layer layer, Input input, Outputs outputs) {
        SpikingArguments.checkForward(shape, layer, input, outputs);
        LinearCurrents currents = new LinearCurrents(shape, layer, input, null);
        new LifSamples(shape.lif(), layer.neurons(), currents::quantised).forward(outputs.lif());
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int row = 0; row < shape.rows(input); row++) {
            for (int n = 0; n < shape.neurons(); n++) {
                float value = currents.raw(row / shape.batch(), row % shape.batch(), n);
                HostArrays.setFloat(outputs.currents(), (long) row * shape.neurons() + n, value);
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
        }
        HostArrays.setFloat(outputs.currentRange(), 0, least);
        HostArrays.setFloat(outputs.currentRange(), 1, most);
    }

    @Override
    public void backward(Shape shape, Layer layer, Input input, Buffer currents, Upstream upstream, Gradients gradients) {
        SpikingArguments.checkBackward(shape, layer, input, currents, upstream, gradients);
        LinearCurrents product = new LinearCurrents(shape, layer, input, currents);
        Lif.Upstream outside = upstream.lif() == null ? new Lif.Upstream(null, null, null, null) : upstream.lif();
        LifSamples.Doubles direct = LifSamples.bySpike(shape.lif(), outside);
        LifSamples.Doubles through = through(shape, upstream.next());
        double[] byCurrent = new double[Math.toIntExact(shape.rows(input) * shape.neurons())];
        new LifSamples(shape.lif(), layer.neurons(), product::quantised).backward(
                (t, b, n) -> direct.at(t, b, n) + through.at(t, b, n), LifSamples.byMembrane(shape.lif(), outside),
                (t, b, n, value) -> byCurrent[product.row(t, b) * shape.neurons() + n] += product.passes(t, b, n) ? value : 0,
                gradients.lif());
        for (int i = 0; i < byCurrent.length; i++) {
            HostArrays.setFloat(gradients.current(), i, byCurrent[i]);
        }
        weights(shape, product, byCurrent, gradients);
        input(shape, product, byCurrent, gradients.input());
    }

    private static LifSamples.Doubles through(Shape shape, Through next) {
        if (next == null) {
            return (_, _, _) -> 0;
        }
        LinearWeights weights = new LinearWeights(next.weights(), next.neurons(), shape.neurons());
        HostArrays.Floats byCurrent = HostArrays.anyFloats(next.currentGradient());
        return (t, b, n) -> {
            double sum = 0;
            for (int m = 0; m < next.neurons(); m++) {
                sum += byCurrent.get(((long) t * shape.batch() + b) * next.neurons() + m) * weights.value(m, n);
            }
            return sum;
        };
    }

    private static void weights(Shape shape, LinearCurrents product, double[] byCurrent, Gradients gradients) {
        int k = shape.inputs();
        int rows = byCurrent.length / shape.neurons();
        for (int n = 0; n < shape.neurons(); n++) {
            double bias = 0;
            double[] row = new double[k];
            for (int r = 0; r < rows; r++) {
                double byI = byCurrent[r * shape.neurons() + n];
                bias += byI;
                for (int i = 0; i < k; i++) {
                    row[i] += byI * product.input(r, i);
                }
            }
            HostArrays.setFloat(gradients.bias(), n, bias);
            for (int i = 0; i < k; i++) {
                HostArrays.setFloat(gradients.weights(), (long) n * k + i, product.weights().passes(n, i) ? row[i] : 0);
            }
        }
    }

    private static void input(Shape shape, LinearCurrents product, double[] byCurrent, Buffer gradient) {
        if (gradient == null) {
            return;
        }
        int rows = byCurrent.length / shape.neurons();
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < shape.inputs(); i++) {
                double sum = 0;
                for (int n = 0; n < shape.neurons(); n++) {
                    sum += byCurrent[r * shape.neurons() + n] * product.weights().value(n, i);
                }
                HostArrays.setFloat(gradient, (long) r * shape.inputs() + i, sum);
            }
        }
    }
}
