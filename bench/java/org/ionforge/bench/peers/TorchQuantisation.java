package org.ionforge.bench.peers;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.compute.QuantisationScheme;

/// libtorch's own fake quantisation and observers, on arrays: the peer of [org.ionforge.compute.Quantiser]. What its C++ interface
/// lacks (gradients of learned scales, the observers of torch.ao) is TorchScript.
public final class TorchQuantisation {

    /// What came out of a fake quantisation: the values and where the gradient passes.
    public record Quantised(float[] values, boolean[] mask) {
    }

    /// An observer's state and the scale and zero point made of it, one a channel.
    ///
    /// @param values as the fused observer quantised them
    public record Observed(float[] min, float[] max, float[] scale, int[] zeroPoint, float[] values) {
    }

    /// Gradients by the values and, summed, by scale and zero point.
    public record Gradients(float[] values, float[] scale, float[] zeroPoint) {
    }

    private static final String SCRIPT = """
            def per_tensor(g, x, s, z, lowest: int, highest: int, factor: float):
                return torch._fake_quantize_learnable_per_tensor_affine_backward(g, x, s, z, lowest, highest, factor)
            def per_channel(g, x, s, z, lowest: int, highest: int, factor: float):
                return torch._fake_quantize_learnable_per_channel_affine_backward(g, x, s, z, 0, lowest, highest, factor)
            def observer(low, high, lowest: int, highest: int, symmetric: bool, smallest: float):
                a = torch.min(low, torch.zeros_like(low))
                b = torch.max(high, torch.zeros_like(high))
                eps = torch.full_like(low, smallest)
                if symmetric:
                    s = torch.max(torch.max(-a, b) / (float(highest - lowest) / 2), eps)
                    return s, torch.zeros_like(s).int()
                s = torch.max((b - a) / float(highest - lowest), eps)
                return s, torch.clamp(lowest - torch.round(a / s).int(), lowest, highest)
            def average(m, x, c: float):
                return m + c * (x - m)
            """;

    private final CompilationUnit script = torch.compile(SCRIPT);

    /// One scale for all.
    public Quantised perTensor(float[] x, float scale, int zeroPoint, QuantisationScheme scheme) {
        try (PointerScope _ = new PointerScope()) {
            return quantised(torch.fake_quantize_per_tensor_affine_cachemask(Tensor.create(x, x.length), scale, zeroPoint,
                    scheme.lowest(), scheme.highest()));
        }
    }

    /// One scale for each row.
    ///
    /// @param floatZeroPoints which of its two kernels: they round differently
    public Quantised perChannel(float[] x, float[] scales, int[] zeroPoints, boolean floatZeroPoints, QuantisationScheme scheme) {
        try (PointerScope _ = new PointerScope()) {
            Tensor integers = Tensor.create(zeroPoints, zeroPoints.length);
            return quantised(torch.fake_quantize_per_channel_affine_cachemask(rows(x, scales.length), Tensor.create(scales, scales.length),
                    floatZeroPoints ? integers.to(torch.ScalarType.Float) : integers, 0, scheme.lowest(), scheme.highest()));
        }
    }

    /// One observation by `fused_moving_avg_obs_fake_quant`, from a state on.
    ///
    /// @param min smallest values so far, one a channel, +∞ for none; the number of channels
    public Observed fusedObserver(float[] x, float[] min, float[] max, double averaging, QuantisationScheme scheme) {
        try (PointerScope _ = new PointerScope()) {
            int channels = min.length;
            Tensor low = Tensor.create(min.clone(), channels);
            Tensor high = Tensor.create(max.clone(), channels);
            Tensor scale = torch.zeros(channels);
            Tensor zero = torch.zeros(channels).to(torch.ScalarType.Int);
            Tensor on = torch.ones(1).to(torch.ScalarType.Long);
            Tensor values = torch.fused_moving_avg_obs_fake_quant(rows(x, channels), on, on, low, high, scale, zero, averaging, scheme.lowest(),
                    scheme.highest(), 0, scheme.granularity() == QuantisationScheme.Granularity.PER_CHANNEL,
                    scheme.range() == QuantisationScheme.Range.SYMMETRIC);
            return new Observed(floats(low), floats(high), floats(scale), ints(zero), floats(values));
        }
    }

    /// Scale and zero point by the observers' `_calculate_qparams`.
    public Observed observer(float[] min, float[] max, QuantisationScheme scheme) {
        try (PointerScope _ = new PointerScope()) {
            IValueVector stack = new IValueVector(new IValue(Tensor.create(min, min.length)), new IValue(Tensor.create(max, max.length)),
                    new IValue((long) scheme.lowest()), new IValue((long) scheme.highest()),
                    new IValue(scheme.range() == QuantisationScheme.Range.SYMMETRIC), new IValue((double) scheme.smallestScale()));
            Tensor[] made = run("observer", stack);
            return new Observed(min, max, floats(made[0]), ints(made[1]), new float[0]);
        }
    }

    /// `m + c·(x − m)` as the moving-average observer has it.
    public float[] average(float[] m, float[] x, double c) {
        try (PointerScope _ = new PointerScope()) {
            IValueVector stack = new IValueVector(new IValue(Tensor.create(m, m.length)), new IValue(Tensor.create(x, x.length)), new IValue(c));
            script.get_function(new QualifiedName("average")).run(stack);
            return floats(stack.get(0).toTensor());
        }
    }

    /// Gradients of `_fake_quantize_learnable_per_tensor_affine`, or `…_per_channel_affine` with as many rows as scales.
    public Gradients learnable(float[] gradient, float[] x, float[] scales, QuantisationScheme scheme, double factor) {
        try (PointerScope _ = new PointerScope()) {
            boolean perChannel = scheme.granularity() == QuantisationScheme.Granularity.PER_CHANNEL;
            Tensor[] made = run(perChannel ? "per_channel" : "per_tensor", new IValueVector(new IValue(rows(gradient, scales.length)),
                    new IValue(rows(x, scales.length)), new IValue(Tensor.create(scales, scales.length)),
                    new IValue(torch.zeros(scales.length)), new IValue((long) scheme.lowest()), new IValue((long) scheme.highest()),
                    new IValue(factor)));
            return new Gradients(floats(made[0]), floats(made[1]), floats(made[2]));
        }
    }

    private Tensor[] run(String function, IValueVector stack) {
        script.get_function(new QualifiedName(function)).run(stack);
        IValueVector elements = stack.get(0).toTupleRef().elements().vec();
        Tensor[] tensors = new Tensor[(int) elements.size()];
        for (int i = 0; i < tensors.length; i++) {
            tensors[i] = elements.get(i).toTensor();
        }
        return tensors;
    }

    private static Tensor rows(float[] x, int rows) {
        return Tensor.create(x, rows, x.length / rows);
    }

    private static Quantised quantised(T_TensorTensor_T pair) {
        byte[] bytes = new byte[(int) pair.get1().numel()];
        new BytePointer(pair.get1().to(torch.ScalarType.Byte).data_ptr_byte()).get(bytes);
        boolean[] mask = new boolean[bytes.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = bytes[i] != 0;
        }
        return new Quantised(floats(pair.get0()), mask);
    }

    private static float[] floats(Tensor tensor) {
        Tensor contiguous = tensor.contiguous();
        float[] values = new float[(int) contiguous.numel()];
        new FloatPointer(contiguous.data_ptr_float()).get(values);
        return values;
    }

    private static int[] ints(Tensor tensor) {
        Tensor contiguous = tensor.contiguous();
        int[] values = new int[(int) contiguous.numel()];
        new IntPointer(contiguous.data_ptr_int()).get(values);
        return values;
    }
}
