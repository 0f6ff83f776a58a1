package org.ionforge.bench.peers;

import static org.bytedeco.pytorch.global.torch.atan;
import static org.bytedeco.pytorch.global.torch.gt;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.stack;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// A network of dense LIF layers as one writes it in libtorch, in the order of operations of snnTorch's `Leaky` with its defaults:
/// a loop over the steps; strict threshold; reset by subtraction one step late, detached; arctan surrogate, α = 2, as
/// `(hard − soft).detach() + soft`. Gradients by autograd.
final class TorchSpikingNetwork {

    /// What is done with the first layer's product, which is the same at every step for a constant input.
    enum FirstProduct {
        /// Computed at every step on the repeated input, as users of snnTorch write it.
        EVERY_STEP,
        /// Computed once before the loop.
        ONCE
    }

    private static final double ALPHA = 2;

    private final double beta;
    private final double threshold;
    private final FirstProduct first;
    private final List<Tensor> weights = new ArrayList<>();
    private final List<Tensor> biases = new ArrayList<>();

    /// @param beta      leak
    /// @param threshold θ
    TorchSpikingNetwork(float beta, float threshold, FirstProduct first) {
        this.beta = beta;
        this.threshold = threshold;
        this.first = first;
    }

    /// A further layer.
    ///
    /// @param weight `[out, in]`
    void add(float[] weight, float[] bias) {
        weights.add(Tensor.create(weight, bias.length, weight.length / bias.length).set_requires_grad(true));
        biases.add(Tensor.create(bias, bias.length).set_requires_grad(true));
    }

    /// Weights and biases, for an optimiser.
    TensorVector parameters() {
        TensorVector parameters = new TensorVector();
        for (int layer = 0; layer < weights.size(); layer++) {
            parameters.push_back(weights.get(layer));
            parameters.push_back(biases.get(layer));
        }
        return parameters;
    }

    /// Spikes of the last layer over `steps` steps of the constant input `x`, as floats `[steps, B, N]`.
    Tensor spikes(Tensor x, int steps) {
        Tensor once = first == FirstProduct.ONCE ? linear(x, weights.getFirst(), biases.getFirst()) : null;
        Tensor[] membrane = new Tensor[weights.size()];
        for (int layer = 0; layer < membrane.length; layer++) {
            membrane[layer] = torch.zeros(x.size(0), weights.get(layer).size(0));
        }
        TensorVector record = new TensorVector();
        for (int t = 0; t < steps; t++) {
            Tensor spikes = x;
            for (int layer = 0; layer < membrane.length; layer++) {
                Tensor current = layer == 0 && once != null ? once : linear(spikes, weights.get(layer), biases.get(layer));
                membrane[layer] = step(membrane[layer], current, beta, threshold);
                spikes = fire(membrane[layer], threshold);
            }
            record.push_back(spikes);
        }
        return stack(record, 0);
    }

    /// U of the next step from U of this one.
    static Tensor step(Tensor membrane, Tensor current, double beta, double threshold) {
        Tensor reset = gt(membrane, new Scalar(threshold)).to(torch.ScalarType.Float);
        return membrane.mul(new Scalar(beta)).add(current).sub(reset.mul(new Scalar(threshold)));
    }

    static Tensor fire(Tensor membrane, double threshold) {
        Tensor above = membrane.sub(new Scalar(threshold));
        Tensor hard = gt(above, new Scalar(0)).to(torch.ScalarType.Float);
        if (!above.requires_grad()) {
            return hard;
        }
        Tensor soft = atan(above.mul(new Scalar(Math.PI / 2 * ALPHA))).mul(new Scalar(1 / Math.PI));
        return hard.sub(soft).detach().add(soft);
    }

    /// Back from the loss Σ spikes·`bySpike`; the gradients add up until [#forgetGradients].
    static void backward(Tensor spikes, Tensor bySpike) {
        spikes.mul(bySpike).sum().backward();
    }

    void forgetGradients() {
        for (List<Tensor> parameters : List.of(weights, biases)) {
            for (Tensor parameter : parameters) {
                if (parameter.grad().defined()) {
                    parameter.mutable_grad().reset();
                }
            }
        }
    }

    /// Sum of the absolute values of all gradients.
    double gradients() {
        double sum = 0;
        try (PointerScope _ = new PointerScope()) {
            for (int layer = 0; layer < weights.size(); layer++) {
                sum += magnitude(weights.get(layer).grad()) + magnitude(biases.get(layer).grad());
            }
        }
        return sum;
    }

    /// Sum of the absolute values.
    static double magnitude(Tensor tensor) {
        Tensor contiguous = tensor.detach().contiguous();
        float[] values = new float[Math.toIntExact(contiguous.numel())];
        new FloatPointer(contiguous.data_ptr_float()).get(values);
        double sum = 0;
        for (float value : values) {
            sum += Math.abs(value);
        }
        return sum;
    }
}
