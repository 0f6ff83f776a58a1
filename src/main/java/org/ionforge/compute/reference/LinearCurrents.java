package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Quantiser;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.SpikingLinear.Layer;
import org.ionforge.compute.SpikingLinear.Shape;

/// I of every row of the product, computed or as it was stored, and its fake quantisation.
final class LinearCurrents {

    private final Shape shape;
    private final Input input;
    private final LinearWeights weights;
    private final Quantiser quantiser;
    private final boolean masked;
    private final float[] raw;

    /// @param stored I as forward wrote it, null to compute it
    LinearCurrents(Shape shape, Layer layer, Input input, Buffer stored) {
        this.shape = shape;
        this.input = input;
        weights = new LinearWeights(layer.weights(), shape.neurons(), shape.inputs());
        quantiser = layer.current() == null ? null : LinearWeights.quantiser(layer.current(), 0);
        masked = layer.current() != null && layer.current().mask();
        raw = new float[Math.toIntExact(shape.rows(input) * shape.neurons())];
        HostArrays.Floats bias = HostArrays.anyFloats(layer.weights().bias());
        HostArrays.Floats kept = HostArrays.anyFloats(stored);
        for (int i = 0; i < raw.length; i++) {
            int n = i % shape.neurons();
            raw[i] = stored != null ? kept.get(i) : epilogue(sum(i / shape.neurons(), n), n, layer.weights().bias() != null, bias);
        }
    }

    private float sum(int row, int n) {
        double sum = 0;
        for (int k = 0; k < shape.inputs(); k++) {
            sum += (double) input(row, k) * weights.code(n, k);
        }
        return (float) sum;
    }

    private float epilogue(float sum, int n, boolean biased, HostArrays.Floats bias) {
        float scaled = sum * weights.scale(n);
        return biased ? scaled + bias.get(n) : scaled;
    }

    LinearWeights weights() {
        return weights;
    }

    /// Row of the product that feeds step t of sample b.
    int row(int t, int b) {
        return input.kind() == Input.Kind.CONSTANT ? b : t * shape.batch() + b;
    }

    /// x.
    float input(int row, int k) {
        if (input.kind() != Input.Kind.SPIKES) {
            return HostArrays.anyFloats(input.values()).get((long) row * shape.inputs() + k);
        }
        int word = input.values().host().getAtIndex(JAVA_INT_UNALIGNED, (long) row * shape.inputWords() + k / 32);
        return word >>> k % 32 & 1;
    }

    /// I.
    float raw(int t, int b, int n) {
        return raw[row(t, b) * shape.neurons() + n];
    }

    /// J: what the neurons get.
    float quantised(int t, int b, int n) {
        float current = raw(t, b, n);
        return quantiser == null ? current : quantiser.fakeQuantised(current);
    }

    /// Whether the gradient passes the current's quantisation.
    boolean passes(int t, int b, int n) {
        return quantiser == null || !masked || quantiser.passes(raw(t, b, n));
    }
}
