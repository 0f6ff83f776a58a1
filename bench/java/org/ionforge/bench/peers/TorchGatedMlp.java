package org.ionforge.bench.peers;

import static org.bytedeco.pytorch.global.torch.abs;
import static org.bytedeco.pytorch.global.torch.huber_loss;
import static org.bytedeco.pytorch.global.torch.index_select;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.mean;
import static org.bytedeco.pytorch.global.torch.mish;
import static org.bytedeco.pytorch.global.torch.sigmoid;
import static org.bytedeco.pytorch.global.torch.softplus;
import static org.bytedeco.pytorch.global.torch.var;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;

/// The gated MLP as one writes it in libtorch: linear, mish and the rest from its own operators, gradients by autograd, steps by
/// torch::optim::AdamW. The peer of [org.ionforge.compute.GatedMlp] in tests and benchmarks.
public final class TorchGatedMlp {

    /// A run of tensors with a learning rate of its own.
    public record Group(List<String> tensors, double learningRate) {
    }

    private static final long NO_REDUCTION = 0;

    private final GatedMlpShape shape;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    public TorchGatedMlp(GatedMlpShape shape) {
        this.shape = shape;
        for (GatedMlp.Tensor tensor : shape.tensors()) {
            Tensor zeros = tensor.columns() == 0 ? torch.zeros(tensor.rows()) : torch.zeros(tensor.rows(), tensor.columns());
            tensors.put(tensor.name(), zeros.set_requires_grad(true));
        }
    }

    /// Threads that libtorch uses for one operator.
    public static void setThreads(int threads) {
        torch.set_num_threads(threads);
    }

    /// Float tensor of that shape with these values.
    public static Tensor tensor(float[] values, long... sizes) {
        return Tensor.create(values, sizes);
    }

    /// Takes the values over from our flat layout.
    public void load(float[] parameters) {
        try (PointerScope _ = new PointerScope()) {
            for (GatedMlp.Tensor tensor : shape.tensors()) {
                float[] values = Arrays.copyOfRange(parameters, tensor.offset(), tensor.offset() + tensor.length());
                Tensor to = tensors.get(tensor.name()).detach();
                to.copy_(tensor.columns() == 0 ? tensor(values, tensor.rows()) : tensor(values, tensor.rows(), tensor.columns()));
            }
        }
    }

    /// The parameters in our flat layout.
    public float[] parameters() {
        return flat(false);
    }

    /// The gradients of the last [#lossAndGradient] in our flat layout.
    public float[] gradients() {
        return flat(true);
    }

    private float[] flat(boolean gradients) {
        float[] values = new float[shape.parameters()];
        try (PointerScope _ = new PointerScope()) {
            for (GatedMlp.Tensor tensor : shape.tensors()) {
                Tensor from = tensors.get(tensor.name());
                from = (gradients ? from.grad() : from.detach()).contiguous();
                new FloatPointer(from.data_ptr_float()).get(values, tensor.offset(), tensor.length());
            }
        }
        return values;
    }

    /// Forward and backward over rows `index` of the data; returns the loss.
    ///
    /// @param index int64 row numbers, or null for all rows
    public double lossAndGradient(Tensor features, Tensor targets, Tensor weights, Tensor index, GatedMlp.LossOptions options) {
        try (PointerScope _ = new PointerScope()) {
            for (Tensor tensor : tensors.values()) {
                if (tensor.grad().defined()) {
                    tensor.mutable_grad().reset();
                }
            }
            Tensor x = rows(features, index);
            Tensor h = mish(layer("trunk.1", x.narrow(1, 0, shape.trunkInputs())));
            h = mish(layer("trunk.2", h));
            Tensor base = layer("base.2", mish(layer("base.1", h)));
            Tensor sunGate = gate("sunGate", h);
            Tensor stormGate = gate("stormGate", h);
            Tensor out = base.add(sunGate.mul(side("sunSide", x.narrow(1, shape.sunInput(), 1))))
                    .add(stormGate.mul(side("stormSide", x.narrow(1, shape.stormInput(), 1)))).squeeze(1);
            Tensor huber = mean(huber_loss(out, rows(targets, index), NO_REDUCTION, options.huberDelta()).mul(rows(weights, index)));
            Tensor loss = huber.sub(var(sunGate, false).add(var(stormGate, false)).mul(new Scalar(options.gateVariance())));
            loss.backward();
            return loss.item_float();
        }
    }

    private static Tensor rows(Tensor data, Tensor index) {
        return index == null ? data : index_select(data, 0, index);
    }

    private Tensor layer(String name, Tensor x) {
        return linear(x, tensors.get(name + ".weight"), tensors.get(name + ".bias"));
    }

    private Tensor gate(String name, Tensor h) {
        return sigmoid(layer(name + ".2", mish(layer(name + ".1", h)))).mul(new Scalar(1.5)).add(new Scalar(0.5));
    }

    private Tensor side(String name, Tensor x) {
        Tensor hidden = softplus(linear(x, abs(tensors.get(name + ".1.weight")), tensors.get(name + ".1.bias")));
        return linear(hidden, abs(tensors.get(name + ".2.weight")), tensors.get(name + ".2.bias"));
    }

    /// An optimiser over these groups; tensors in none are frozen.
    public AdamW adamW(List<Group> groups, double weightDecay) {
        AdamW optimizer = new AdamW(tensors(groups.getFirst()), options(groups.getFirst(), weightDecay));
        for (Group group : groups.subList(1, groups.size())) {
            optimizer.add_param_group(new OptimizerParamGroup(tensors(group), options(group, weightDecay)));
        }
        return optimizer;
    }

    private TensorVector tensors(Group group) {
        return new TensorVector(group.tensors().stream().map(tensors::get).toArray(Tensor[]::new));
    }

    private static AdamWOptions options(Group group, double weightDecay) {
        AdamWOptions options = new AdamWOptions(group.learningRate());
        options.weight_decay().put(weightDecay);
        return options;
    }

    /// Puts a tensor's values back into a range.
    public void clamp(String name, double minimum, double maximum) {
        try (PointerScope _ = new PointerScope()) {
            tensors.get(name).detach().clamp_(new ScalarOptional(new Scalar(minimum)), new ScalarOptional(new Scalar(maximum)));
        }
    }
}
