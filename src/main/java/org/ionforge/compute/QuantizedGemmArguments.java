package org.ionforge.compute;

/// The checks on the arguments of a [QuantizedGemm] that every room makes before it touches memory.
public final class QuantizedGemmArguments {

    private QuantizedGemmArguments() {
    }

    /// @throws IllegalArgumentException naming what does not fit
    public static void checkPack(QuantizedGemm.Format format, Buffer codes, int outputs, int inputs) {
        int most = QuantizedGemm.maxInputs(ElementType.S8);
        if (outputs < 1 || inputs < 1 || inputs > most) {
            throw new IllegalArgumentException("weights of " + outputs + " outputs and " + inputs + " inputs; both are at least 1, inputs at most "
                    + most);
        }
        Operands.require("codes", codes, format.element(), Math.multiplyExact(format.rowBytes(inputs), outputs));
    }

    /// Checks the call and returns the weights as the room's own kind.
    ///
    /// @param own the class of what this room's `pack` returns
    /// @throws IllegalArgumentException naming what does not fit
    public static <W extends PackedWeights> W checkMultiply(Class<W> own, Buffer activations, int rows, PackedWeights weights,
                                                            QuantizedGemm.Epilogue epilogue) {
        if (!own.isInstance(weights)) {
            throw new IllegalArgumentException("the weights were packed by another backend: pack them by the one that multiplies");
        }
        if (weights.isClosed()) {
            throw new IllegalStateException("weights of " + weights.outputs() + " × " + weights.inputs() + " used after close");
        }
        if (rows < 0) {
            throw new IllegalArgumentException("a count of " + rows + " rows");
        }
        int most = QuantizedGemm.maxInputs(activations.type());
        if (weights.inputs() > most) {
            throw new IllegalArgumentException(weights.inputs() + " inputs of " + activations.type() + " can overflow 32 bits: at most " + most);
        }
        Operands.require("activations", activations, activations.type(), rows * rowElements(activations.type(), weights.inputs()));
        checkEpilogue(epilogue, rows, weights.outputs());
        return own.cast(weights);
    }

    /// Elements of one row of activations.
    public static long rowElements(ElementType activations, int inputs) {
        return activations == ElementType.U32 ? (inputs + 31L) / 32 : inputs;
    }

    private static void checkEpilogue(QuantizedGemm.Epilogue epilogue, long rows, int outputs) {
        long results = rows * outputs;
        switch (epilogue) {
            case QuantizedGemm.Sums e -> Operands.require("out", e.out(), ElementType.S32, results);
            case QuantizedGemm.Dequantized e -> {
                checkChannels(e.scale(), e.bias(), outputs);
                Operands.require("out", e.out(), ElementType.F32, results);
            }
            case QuantizedGemm.Requantized e -> {
                checkChannels(e.scale(), e.bias(), outputs);
                if (!(e.outputScale() >= Float.MIN_NORMAL) || !Float.isFinite(e.outputScale()) || !Float.isFinite(e.inverse())) {
                    throw new IllegalArgumentException("outputScale must be a positive normal number with a finite inverse, got "
                            + e.outputScale());
                }
                if (e.minimum() < Byte.MIN_VALUE || e.maximum() > Byte.MAX_VALUE || e.minimum() > e.maximum()) {
                    throw new IllegalArgumentException("codes from " + e.minimum() + " to " + e.maximum() + " are no range within -128 … 127");
                }
                Operands.require("out", e.out(), ElementType.S8, results);
            }
            case QuantizedGemm.Spiking e -> {
                checkChannels(e.scale(), e.bias(), outputs);
                if (rows > 0) {
                    SpikingArguments.checkBehindProduct(e.shape((int) rows, outputs), e.neurons(), e.current(), e.out());
                }
            }
        }
    }

    private static void checkChannels(Buffer scale, Buffer bias, int outputs) {
        Operands.require("scale", scale, ElementType.F32, outputs);
        if (bias != null) {
            Operands.require("bias", bias, ElementType.F32, outputs);
        }
    }
}
