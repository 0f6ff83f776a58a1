package org.ionforge.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The fields of one protobuf message, in the order of the file: as much of the wire format as ONNX uses.
final class ProtobufFields {

    /// @param number of the field in its .proto
    /// @param value  of a varint, else 0
    /// @param bytes  of anything with a length, else empty
    record Field(int number, long value, byte[] bytes) {

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int WITH_LENGTH = 2;
    private static final int FOUR_BYTES = 5;

    private ProtobufFields() {
    }

    static List<Field> of(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long key = varint(in);
            int number = (int) (key >>> 3);
            fields.add(switch ((int) key & 7) {
                case VARINT -> new Field(number, varint(in), new byte[0]);
                case WITH_LENGTH -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    yield new Field(number, 0, bytes);
                }
                case FOUR_BYTES -> new Field(number, in.getInt(), new byte[0]);
                case EIGHT_BYTES -> new Field(number, in.getLong(), new byte[0]);
                default -> throw new IllegalArgumentException("no wire type " + (key & 7) + " at byte " + in.position());
            });
        }
        return fields;
    }

    /// All fields of that number.
    static List<Field> all(byte[] message, int number) {
        return of(message).stream().filter(field -> field.number() == number).toList();
    }

    /// A packed list of varints.
    static long[] varints(byte[] packed) {
        ByteBuffer in = ByteBuffer.wrap(packed);
        List<Long> values = new ArrayList<>();
        while (in.hasRemaining()) {
            values.add(varint(in));
        }
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a varint of more than ten bytes at byte " + in.position());
    }
}
