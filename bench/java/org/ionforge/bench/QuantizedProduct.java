package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.QuantizedGemmArguments;
import org.ionforge.compute.Surrogate;

/// One product of random codes, the weights packed before the clock starts.
///
/// @param activations S8, U8, or U32 for spikes, one bit in eight set
public record QuantizedProduct(ElementType activations, Format format, int rows, int inputs, int outputs, Result result)
        implements Workload {

    /// Which epilogue.
    public enum Result { SUMS, DEQUANTIZED, REQUANTIZED, SPIKES }

    @Override
    public String operation() {
        String left = activations == ElementType.U32 ? "spikes" : activations.name().toLowerCase(Locale.ROOT);
        return "quantizedGemm " + left + "×" + format.name().toLowerCase(Locale.ROOT) + " " + result.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String shape() {
        return rows + "×" + inputs + "×" + outputs;
    }

    /// Both operands read, the result written.
    @Override
    public Cost cost() {
        long row = QuantizedGemmArguments.rowElements(activations, inputs) * activations.bytes();
        long resultBytes = switch (result) {
            case SUMS, DEQUANTIZED -> 4L * rows * outputs;
            case REQUANTIZED -> (long) rows * outputs;
            case SPIKES -> 4L * rows * Math.ceilDiv(outputs, 32);
        };
        return Cost.bytes(rows * row + outputs * format.rowBytes(inputs) + resultBytes).dot(2L * rows * inputs * outputs);
    }

    /// Steps that the rows are of, where neurons stand behind the product.
    private int steps() {
        return rows % 25 == 0 ? 25 : rows % 16 == 0 ? 16 : 1;
    }

    @Override
    public double tolerance() {
        return 0;
    }

    /// Row-major, of the type of the activations.
    public byte[] left() {
        byte[] bytes = new byte[Math.toIntExact(rows * QuantizedGemmArguments.rowElements(activations, inputs) * activations.bytes())];
        SplittableRandom random = new SplittableRandom(1);
        random.nextBytes(bytes);
        for (int masks = 0; activations == ElementType.U32 && masks < 2; masks++) {
            byte[] mask = new byte[bytes.length];
            random.nextBytes(mask);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] &= mask[i];
            }
        }
        return bytes;
    }

    /// Canonical weights.
    public byte[] codes() {
        byte[] bytes = new byte[Math.toIntExact(outputs * format.rowBytes(inputs))];
        new SplittableRandom(2).nextBytes(bytes);
        return bytes;
    }

    @Override
    public Contender on(Backend backend) {
        return Operands.contender(backend, operands -> ours(operands, format, codes()));
    }

    /// The same product with its codes held as INT8: what the narrower format is measured against.
    public Contender asInt8(Backend backend) {
        int perByte = 8 / format.bits();
        byte[] narrow = codes();
        byte[] wide = new byte[Math.multiplyExact(outputs, inputs)];
        for (int i = 0; i < wide.length; i++) {
            int k = i % inputs;
            int code = narrow[Math.toIntExact(i / inputs * format.rowBytes(inputs) + k / perByte)] >> k % perByte * format.bits();
            wide[i] = (byte) ((byte) (code << 8 - format.bits()) >> 8 - format.bits());
        }
        return Operands.contender(backend, operands -> ours(operands, Format.INT8, wide));
    }

    private Contender ours(Operands operands, Format weightFormat, byte[] canonical) {
        QuantizedGemm gemm = operands.backend().quantizedGemm();
        Buffer activation = operands.copy(activations, MemorySegment.ofArray(left()));
        PackedWeights weights;
        try (Buffer codes = operands.backend().allocate(weightFormat.element(), canonical.length)) {
            codes.upload(MemorySegment.ofArray(canonical));
            weights = gemm.pack(weightFormat, codes, outputs, inputs);
            operands.atClose(weights::close);
        }
        int results = Math.multiplyExact(rows, outputs);
        Buffer out = switch (result) {
            case SUMS -> operands.allocate(ElementType.S32, results);
            case DEQUANTIZED -> operands.allocate(ElementType.F32, results);
            case REQUANTIZED -> operands.allocate(ElementType.S8, results);
            case SPIKES -> operands.allocate(ElementType.U32, (long) rows * Math.ceilDiv(outputs, 32));
        };
        QuantizedGemm.Epilogue epilogue = switch (result) {
            case SUMS -> new QuantizedGemm.Sums(out);
            case DEQUANTIZED -> new QuantizedGemm.Dequantized(scale(operands), operands.floats(outputs, -1, 1), out);
            case REQUANTIZED -> new QuantizedGemm.Requantized(scale(operands), operands.floats(outputs, -1, 1), 0.5f, -128, 127, out);
            case SPIKES -> new QuantizedGemm.Spiking(scale(operands), operands.floats(outputs, 0, 2), null, neurons(operands), steps(), false,
                    new Lif.Outputs(out, null, null, null));
        };
        return operands.running(() -> gemm.multiply(activation, rows, weights, epilogue), out);
    }

    private static LifNeurons neurons(Operands operands) {
        return new LifNeurons(LifDialect.IONFORGE, operands.floats(new float[] {0.95f}), operands.floats(new float[] {1}), Surrogate.arctan(2));
    }

    private Buffer scale(Operands operands) {
        float[] scale = new float[outputs];
        Arrays.fill(scale, 1f / (128 * inputs));
        return operands.floats(scale);
    }
}
