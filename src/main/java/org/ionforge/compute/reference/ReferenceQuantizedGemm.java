package org.ionforge.compute.reference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemmArguments;

/// The definition: one sum after another in a long, which has to fit an int.
final class ReferenceQuantizedGemm implements QuantizedGemm {

    private final ReferenceBackend backend;

    ReferenceQuantizedGemm(ReferenceBackend backend) {
        this.backend = backend;
    }

    /// The codes one a byte.
    private record Codes(Format format, int outputs, int inputs, Buffer memory) implements PackedWeights {

        int at(int n, int k) {
            return memory.host().get(ValueLayout.JAVA_BYTE, (long) n * inputs + k);
        }
    }

    @Override
    public PackedWeights pack(Format format, Buffer codes, int outputs, int inputs) {
        QuantizedGemmArguments.checkPack(format, codes, outputs, inputs);
        Buffer bytes = backend.allocate(ElementType.S8, (long) outputs * inputs);
        int perByte = 8 / format.bits();
        for (int n = 0; n < outputs; n++) {
            for (int k = 0; k < inputs; k++) {
                int packed = codes.host().get(ValueLayout.JAVA_BYTE, n * format.rowBytes(inputs) + k / perByte);
                int leftmost = packed << Integer.SIZE - format.bits() * (k % perByte + 1);
                bytes.host().set(ValueLayout.JAVA_BYTE, (long) n * inputs + k, (byte) (leftmost >> Integer.SIZE - format.bits()));
            }
        }
        return new Codes(format, outputs, inputs, bytes);
    }

    @Override
    public void multiply(Buffer activations, int rows, PackedWeights weights, Epilogue epilogue) {
        Codes codes = QuantizedGemmArguments.checkMultiply(Codes.class, activations, rows, weights, epilogue);
        switch (epilogue) {
            case Elementwise e -> store(activations, rows, codes, e);
            case Spiking e when rows > 0 -> spike(activations, rows, codes, e);
            case Spiking _ -> { }
        }
    }

    private static void store(Buffer activations, int rows, Codes codes, Elementwise epilogue) {
        for (int r = 0; r < rows; r++) {
            int[] row = row(activations, r, codes.inputs());
            for (int n = 0; n < codes.outputs(); n++) {
                store(epilogue, sum(row, codes, n), (long) r * codes.outputs() + n, n);
            }
        }
    }

    private static void spike(Buffer activations, int rows, Codes codes, Spiking e) {
        Lif.Shape shape = e.shape(rows, codes.outputs());
        float[][] currents = new float[rows][codes.outputs()];
        for (int r = 0; r < rows; r++) {
            int[] row = row(activations, r, codes.inputs());
            for (int n = 0; n < codes.outputs(); n++) {
                float current = dequantize(sum(row, codes, n), e.scale(), e.bias(), n);
                currents[r][n] = e.current() == null ? current : LinearWeights.quantiser(e.current(), 0).fakeQuantised(current);
            }
        }
        new LifSamples(shape, e.neurons(), (t, b, n) -> currents[e.constant() ? b : t * shape.batch() + b][n]).forward(e.out());
    }

    private static int[] row(Buffer activations, long r, int inputs) {
        MemorySegment memory = activations.host();
        long start = r * QuantizedGemmArguments.rowElements(activations.type(), inputs);
        int[] row = new int[inputs];
        for (int k = 0; k < inputs; k++) {
            row[k] = switch (activations.type()) {
                case S8 -> memory.get(ValueLayout.JAVA_BYTE, start + k);
                case U8 -> Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, start + k));
                default -> memory.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, start + k / 32) >>> k % 32 & 1;
            };
        }
        return row;
    }

    private static int sum(int[] row, Codes codes, int n) {
        long sum = 0;
        for (int k = 0; k < row.length; k++) {
            sum += row[k] * codes.at(n, k);
        }
        return Math.toIntExact(sum);
    }

    private static void store(Elementwise epilogue, int sum, long at, int n) {
        switch (epilogue) {
            case Sums e -> e.out().host().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, at, sum);
            case Dequantized e ->
                    e.out().host().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, dequantize(sum, e.scale(), e.bias(), n));
            case Requantized e -> {
                float scaled = dequantize(sum, e.scale(), e.bias(), n) * e.inverse();
                float clamped = Float.isNaN(scaled) ? e.minimum() : Math.min(Math.max(scaled, e.minimum()), e.maximum());
                e.out().host().set(ValueLayout.JAVA_BYTE, at, (byte) Math.rint(clamped));
            }
        }
    }

    /// Two roundings: Java never contracts.
    private static float dequantize(int sum, Buffer scale, Buffer bias, int n) {
        float product = sum * scale.host().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, n);
        return bias == null ? product : product + bias.host().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, n);
    }
}
