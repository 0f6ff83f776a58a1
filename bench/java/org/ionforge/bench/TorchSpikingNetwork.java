package org.ionforge.bench;

import static org.bytedeco.pytorch.global.torch.atan;
import static org.bytedeco.pytorch.global.torch.gt;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.stack;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// A network of dense LIF layers as one writes it in libtorch, in the order of operations of snnTorch's `Leaky` with its defaults:
/// a loop over the steps; strict threshold; reset by subtraction one step late, detached; arctan surrogate, α = 2, as
/// `(hard − soft).detach() + soft`. Gradients by autograd. The peer of the spiking operations in tests and benchmarks.
public final class TorchSpikingNetwork {

    /// What is done with the first layer's product, which is the same at every step for a constant input.
    public enum FirstProduct {
        /// Computed at every step on the repeated input, as users of snnTorch write it.
        EVERY_STEP,
        /// Computed once before the loop.
        ONCE
    }

    private static final double ALPHA = 2;

    private final double beta;
    private final double threshold;
    private final List<Tensor> weights = new ArrayList<>();
    private final List<Tensor> biases = new ArrayList<>();

    /// @param sizes neurons of each layer, the inputs first
    public TorchSpikingNetwork(double beta, double threshold, int... sizes) {
        this.beta = beta;
        this.threshold = threshold;
        for (int layer = 1; layer < sizes.length; layer++) {
            weights.add(torch.zeros(sizes[layer], sizes[layer - 1]).set_requires_grad(true));
            biases.add(torch.zeros(sizes[layer]).set_requires_grad(true));
        }
    }

    /// Takes over a layer's weights `[out, in]` and biases.
    public void load(int layer, float[] weight, float[] bias) {
        try (PointerScope _ = new PointerScope()) {
            Tensor to = weights.get(layer).detach();
            to.copy_(Tensor.create(weight, to.size(0), to.size(1)));
            biases.get(layer).detach().copy_(Tensor.create(bias, bias.length));
        }
    }

    /// Spikes of the last layer over `steps` steps of the constant input `x`, without gradients, `[steps, B, N]` as floats.
    public float[] forward(Tensor x, int steps, FirstProduct product) {
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            return values(spikes(x, steps, product));
        }
    }

    /// Forward and back from the gradient of the last layer's spikes; returns these spikes. Parameters' gradients: [#gradient].
    ///
    /// @param byConcern the loss's derivative by the spikes `[steps, B, N]`
    public float[] backward(Tensor x, int steps, FirstProduct product, Tensor byConcern) {
        try (PointerScope _ = new PointerScope()) {
            for (int layer = 0; layer < weights.size(); layer++) {
                for (Tensor parameter : List.of(weights.get(layer), biases.get(layer))) {
                    if (parameter.grad().defined()) {
                        parameter.mutable_grad().reset();
                    }
                }
            }
            Tensor spikes = spikes(x, steps, product);
            spikes.mul(byConcern).sum().backward();
            return values(spikes.detach());
        }
    }

    /// The gradient of a layer's weights by the last [#backward].
    public float[] weightGradient(int layer) {
        return values(weights.get(layer).grad());
    }

    /// The gradient of a layer's biases by the last [#backward].
    public float[] biasGradient(int layer) {
        return values(biases.get(layer).grad());
    }

    private Tensor spikes(Tensor x, int steps, FirstProduct product) {
        Tensor once = product == FirstProduct.ONCE ? linear(x, weights.getFirst(), biases.getFirst()) : null;
        Tensor[] membrane = new Tensor[weights.size()];
        for (int layer = 0; layer < membrane.length; layer++) {
            membrane[layer] = torch.zeros(x.size(0), weights.get(layer).size(0));
        }
        TensorVector record = new TensorVector();
        for (int t = 0; t < steps; t++) {
            Tensor spikes = x;
            for (int layer = 0; layer < membrane.length; layer++) {
                Tensor current = layer == 0 && once != null ? once : linear(spikes, weights.get(layer), biases.get(layer));
                Tensor reset = gt(membrane[layer], new Scalar(threshold)).to(torch.ScalarType.Float);
                membrane[layer] = membrane[layer].mul(new Scalar(beta)).add(current).sub(reset.mul(new Scalar(threshold)));
                spikes = fire(membrane[layer]);
            }
            record.push_back(spikes);
        }
        return stack(record, 0);
    }

    private Tensor fire(Tensor membrane) {
        Tensor above = membrane.sub(new Scalar(threshold));
        Tensor hard = gt(above, new Scalar(0)).to(torch.ScalarType.Float);
        if (!above.requires_grad()) {
            return hard;
        }
        Tensor soft = atan(above.mul(new Scalar(Math.PI / 2 * ALPHA))).mul(new Scalar(1 / Math.PI));
        return hard.sub(soft).detach().add(soft);
    }

    private static float[] values(Tensor tensor) {
        Tensor contiguous = tensor.contiguous();
        float[] values = new float[Math.toIntExact(contiguous.numel())];
        new FloatPointer(contiguous.data_ptr_float()).get(values);
        return values;
    }
}
