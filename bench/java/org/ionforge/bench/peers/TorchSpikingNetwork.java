package org.ionforge.bench.peers;

import static org.bytedeco.pytorch.global.torch.atan;
import static org.bytedeco.pytorch.global.torch.avg_pool2d;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.gt;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.stack;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.spiking.NetworkShape;

/// A network of dense and convolutional LIF layers as one writes it in libtorch, in the order of operations of snnTorch's `Leaky` with its defaults:
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
    private final List<Product> products = new ArrayList<>();

    /// What comes before a layer's neurons.
    ///
    /// @param weight      `[out, in]`, of a convolution `[out, in, k, k]`
    /// @param pool        edge of the squares that are summed first, 1 for none
    private record Product(Tensor weight, Tensor bias, int pool, boolean convolution, int stride, int padding) {

        Tensor of(Tensor x) {
            Tensor in = x;
            if (pool > 1) {
                in = avg_pool2d(in, new long[] {pool, pool}).mul(new Scalar(pool * pool));
            }
            if (convolution) {
                return conv2d(in, weight, new TensorOptional(bias), new long[] {stride, stride}, new long[] {padding, padding}, new long[] {1, 1}, 1);
            }
            return linear(in.dim() > 2 ? in.flatten(1, -1) : in, weight, bias);
        }
    }

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
        add(new Product(Tensor.create(weight, bias.length, weight.length / bias.length), Tensor.create(bias, bias.length), 1, false, 1, 0));
    }

    /// A further layer of a network on images, which here are channel-first.
    ///
    /// @param weight channel-last, as [NetworkShape] has it
    void add(NetworkShape.Layer layer, float[] weight, float[] bias) {
        NetworkShape.Image seen = layer.pooled();
        int height = layer.convolutional() ? layer.kernel() : seen.height();
        int width = layer.convolutional() ? layer.kernel() : seen.width();
        Tensor turned = Tensor.create(weight, bias.length, height, width, seen.channels()).permute(0, 3, 1, 2).contiguous();
        add(new Product(layer.convolutional() ? turned : turned.view(bias.length, layer.inputs()), Tensor.create(bias, bias.length), layer.pool(),
                layer.convolutional(), layer.stride(), layer.padding()));
    }

    private void add(Product product) {
        product.weight.set_requires_grad(true);
        product.bias.set_requires_grad(true);
        products.add(product);
    }

    /// Weights and biases, for an optimiser.
    TensorVector parameters() {
        TensorVector parameters = new TensorVector();
        for (Product product : products) {
            parameters.push_back(product.weight);
            parameters.push_back(product.bias);
        }
        return parameters;
    }

    /// Spikes of the last layer over `steps` steps of the constant input `x`, as floats `[steps, B, N]`.
    Tensor spikes(Tensor x, int steps) {
        Tensor once = first == FirstProduct.ONCE ? products.getFirst().of(x) : null;
        Tensor[] membrane = new Tensor[products.size()];
        TensorVector record = new TensorVector();
        for (int t = 0; t < steps; t++) {
            Tensor spikes = x;
            for (int layer = 0; layer < membrane.length; layer++) {
                Tensor current = layer == 0 && once != null ? once : products.get(layer).of(spikes);
                membrane[layer] = step(t == 0 ? torch.zeros_like(current) : membrane[layer], current, beta, threshold);
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
        for (Product product : products) {
            for (Tensor parameter : List.of(product.weight, product.bias)) {
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
            for (Product product : products) {
                sum += magnitude(product.weight.grad()) + magnitude(product.bias.grad());
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
