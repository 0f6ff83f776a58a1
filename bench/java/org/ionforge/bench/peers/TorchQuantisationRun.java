package org.ionforge.bench.peers;

import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.bench.Contender;
import org.ionforge.bench.QuantisationRun;
import org.ionforge.bench.QuantisationRun.Kind;
import org.ionforge.compute.QuantisationScheme;

/// [QuantisationRun] in libtorch's own operators. Its masks have a byte a value.
final class TorchQuantisationRun implements Contender {

    private static final String STEP_GRADIENTS = """
            def per_tensor(g, x, s, z, lowest: int, highest: int):
                r = torch._fake_quantize_learnable_per_tensor_affine_backward(g, x, s, z, lowest, highest, 1.0)
                return r[0], r[1]
            def per_channel(g, x, s, z, lowest: int, highest: int):
                r = torch._fake_quantize_learnable_per_channel_affine_backward(g, x, s, z, 0, lowest, highest, 1.0)
                return r[0], r[1]
            """;

    private final QuantisationRun run;
    private final QuantisationScheme scheme;
    private final Tensor x;
    private final Tensor scale;
    private final Tensor zeroPoint;
    private final Tensor min;
    private final Tensor max;
    private final Tensor on = torch.ones(1).to(torch.ScalarType.Long);
    private final Tensor gradient;
    private final Tensor mask;
    private final CompilationUnit script = torch.compile(STEP_GRADIENTS);

    /// None for what libtorch has no operator for.
    static Optional<Contender> of(QuantisationRun run) {
        return switch (run.kind()) {
            case QUANTISE, OBSERVE_AND_QUANTISE, STRAIGHT_THROUGH, STEP_GRADIENTS -> Optional.of(new TorchQuantisationRun(run));
            case OBSERVE, OBSERVE_AND_QUANTISE_DELAYED -> Optional.empty();
        };
    }

    private TorchQuantisationRun(QuantisationRun run) {
        this.run = run;
        this.scheme = run.scheme();
        x = Tensor.create(run.values(), run.rows(), run.columns());
        scale = Tensor.create(run.scales(), run.rows());
        zeroPoint = torch.zeros(run.rows()).to(torch.ScalarType.Int);
        min = torch.amin(x, new long[] {1}, false);
        max = torch.amax(x, new long[] {1}, false);
        gradient = Tensor.create(run.gradients(), run.rows(), run.columns());
        mask = run.kind() == Kind.STRAIGHT_THROUGH ? mask() : on;
    }

    /// A tensor of its own: the pair's goes when the pair is collected.
    private Tensor mask() {
        T_TensorTensor_T pair = quantise();
        Tensor own = new Tensor(pair.get1());
        pair.close();
        return own;
    }

    @Override
    public void run() {
        try (PointerScope _ = new PointerScope()) {
            work();
        }
    }

    /// Of another run: outputs are not kept.
    @Override
    public double sum() {
        try (PointerScope _ = new PointerScope()) {
            double all = 0;
            for (Tensor output : work()) {
                all += torch.abs(output).to(torch.ScalarType.Double).sum().item_double();
            }
            return all;
        }
    }

    private Tensor[] work() {
        return switch (run.kind()) {
            case QUANTISE -> new Tensor[] {quantise().get0()};
            case OBSERVE_AND_QUANTISE -> new Tensor[] {torch.fused_moving_avg_obs_fake_quant(x, on, on, min, max, scale, zeroPoint,
                    QuantisationRun.AVERAGING, scheme.lowest(), scheme.highest(), 0, run.rows() > 1, true)};
            case STRAIGHT_THROUGH -> new Tensor[] {torch.fake_quantize_per_tensor_affine_cachemask_backward(gradient, mask)};
            case STEP_GRADIENTS -> stepGradients();
            case OBSERVE, OBSERVE_AND_QUANTISE_DELAYED -> throw new IllegalStateException("no such operator: " + run.kind());
        };
    }

    private T_TensorTensor_T quantise() {
        return run.rows() == 1 ? torch.fake_quantize_per_tensor_affine_cachemask(x, QuantisationRun.SCALE, 0, scheme.lowest(), scheme.highest())
                : torch.fake_quantize_per_channel_affine_cachemask(x, scale, zeroPoint, 0, scheme.lowest(), scheme.highest());
    }

    private Tensor[] stepGradients() {
        IValueVector stack = new IValueVector(new IValue(gradient), new IValue(x), new IValue(scale),
                new IValue(zeroPoint.to(torch.ScalarType.Float)), new IValue((long) scheme.lowest()), new IValue((long) scheme.highest()));
        script.get_function(new QualifiedName(run.rows() == 1 ? "per_tensor" : "per_channel")).run(stack);
        IValueVector made = stack.get(0).toTupleRef().elements().vec();
        return new Tensor[] {made.get(0).toTensor(), made.get(1).toTensor()};
    }
}
