package org.ionforge.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantisationScheme.Range;

/// A `TensorProto` of ONNX: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
///
/// @param values row-major; a double holds every value of these types
/// @param packed the bytes of codes of less than 8 bits as the file has them, else empty
record OnnxTensor(String name, Type type, int[] dims, double[] values, byte[] packed) {

    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int INT32_DATA = 5;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;

    /// `TensorProto.DataType`.
    enum Type {
        FLOAT(1, 32, true), UINT8(2, 8, false), INT8(3, 8, true), UINT16(4, 16, false), INT16(5, 16, true), INT32(6, 32, true),
        FLOAT16(10, 16, true), UINT4(21, 4, false), INT4(22, 4, true), UINT2(25, 2, false), INT2(26, 2, true);

        private final int number;
        private final int bits;
        private final boolean signed;

        Type(int number, int bits, boolean signed) {
            this.number = number;
            this.bits = bits;
            this.signed = signed;
        }

        static Type of(long number) {
            return Arrays.stream(values()).filter(type -> type.number == number).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no tensors of ONNX type " + number));
        }

        boolean signed() {
            return signed;
        }

        /// All codes of this type, with a zero point anywhere among them.
        QuantisationScheme scheme() {
            return QuantisationScheme.symmetric(signed ? -(1 << bits - 1) : 0, (1 << (signed ? bits - 1 : bits)) - 1).with(Range.AFFINE);
        }

        private double read(ByteBuffer raw) {
            return switch (this) {
                case FLOAT -> raw.getFloat();
                case FLOAT16 -> Float.float16ToFloat(raw.getShort());
                case INT32 -> raw.getInt();
                case INT16 -> raw.getShort();
                case UINT16 -> Short.toUnsignedInt(raw.getShort());
                case INT8 -> raw.get();
                case UINT8 -> Byte.toUnsignedInt(raw.get());
                case INT4, UINT4, INT2, UINT2 -> throw new IllegalArgumentException(this + " as raw data");
            };
        }

        /// Code i of packed bytes, the first in the lowest bits.
        private double unpack(byte[] packed, int i) {
            int field = packed[i * bits / 8] >> i * bits % 8 & (1 << bits) - 1;
            return signed && field >= 1 << bits - 1 ? field - (1 << bits) : field;
        }
    }

    static OnnxTensor parse(byte[] message) {
        int[] dims = ProtobufFields.all(message, DIMS).stream().mapToInt(field -> (int) field.value()).toArray();
        Type type = Type.of(ProtobufFields.all(message, DATA_TYPE).getFirst().value());
        List<ProtobufFields.Field> raw = ProtobufFields.all(message, RAW_DATA);
        int n = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
        String name = ProtobufFields.all(message, NAME).getFirst().text();
        if (!raw.isEmpty()) {
            ByteBuffer bytes = ByteBuffer.wrap(raw.getFirst().bytes()).order(ByteOrder.LITTLE_ENDIAN);
            return new OnnxTensor(name, type, dims, IntStream.range(0, n).mapToDouble(i -> type.read(bytes)).toArray(), new byte[0]);
        }
        long[] integers = ProtobufFields.varints(ProtobufFields.all(message, INT32_DATA).getFirst().bytes());
        if (type.bits >= 8) {
            return new OnnxTensor(name, type, dims, Arrays.stream(integers).mapToDouble(value -> value).toArray(), new byte[0]);
        }
        byte[] packed = new byte[integers.length];
        IntStream.range(0, packed.length).forEach(i -> packed[i] = (byte) integers[i]);
        return new OnnxTensor(name, type, dims, IntStream.range(0, n).mapToDouble(i -> type.unpack(packed, i)).toArray(), packed);
    }

    int size() {
        return values.length;
    }

    float[] floats() {
        float[] floats = new float[values.length];
        IntStream.range(0, floats.length).forEach(i -> floats[i] = (float) values[i]);
        return floats;
    }

    int[] integers() {
        return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
    }

    /// The only value.
    float scalar() {
        if (values.length != 1) {
            throw new IllegalArgumentException(name + " has " + values.length + " values, not one");
        }
        return (float) values[0];
    }
}
