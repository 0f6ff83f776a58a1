package org.ionforge.bench.peers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// An ONNX model in the making, written as protobuf by hand (onnx.proto, IR version 8, opset 17, and Microsoft's own operators):
/// enough for graphs of operators with one output and no attribute but whole numbers.
final class OnnxModel {

    /// Of elements, with the number that onnx.proto gives it.
    enum Type {
        FLOAT(1), UINT8(2), INT8(3);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /// An attribute of an operator.
    record Attribute(String name, long value) {
    }

    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final String MICROSOFT = "com.microsoft";
    private static final int ATTRIBUTE_INT = 2;

    private final Message graph = new Message();

    /// One protobuf message: fields in any order, lengths before contents.
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private void varint(long value) {
            long rest = value;
            for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
                bytes.write((int) (rest & 0x7F | 0x80));
            }
            bytes.write((int) rest);
        }

        Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message bytes(int field, byte[] content) {
            varint((long) field << 3 | 2);
            varint(content.length);
            bytes.writeBytes(content);
            return this;
        }

        Message text(int field, String content) {
            return bytes(field, content.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message content) {
            return bytes(field, content.bytes.toByteArray());
        }
    }

    /// A constant tensor of floats; without a shape, a single one.
    String constant(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return constant(name, Type.FLOAT, raw.array(), shape);
    }

    /// A constant tensor.
    ///
    /// @param raw its elements, little-endian
    String constant(String name, Type type, byte[] raw, long... shape) {
        Message tensor = new Message();
        for (long dimension : shape) {
            tensor.number(1, dimension);
        }
        graph.message(5, tensor.number(2, type.number).text(8, name).bytes(9, raw));
        return name;
    }

    /// What the model is given.
    String input(String name, Type type, long... shape) {
        graph.message(11, value(name, type, shape));
        return name;
    }

    /// What the model gives: floats.
    void output(String name, long... shape) {
        graph.message(12, value(name, Type.FLOAT, shape));
    }

    private static Message value(String name, Type type, long... shape) {
        Message dimensions = new Message();
        for (long dimension : shape) {
            dimensions.message(1, new Message().number(1, dimension));
        }
        return new Message().text(1, name).message(2, new Message().message(1, new Message().number(1, type.number).message(2, dimensions)));
    }

    /// An operator.
    ///
    /// @param name of the output
    String node(String operator, String name, String... inputs) {
        graph.message(1, operator(operator, name, inputs));
        return name;
    }

    /// An operator with an attribute.
    String node(String operator, String name, Attribute attribute, String... inputs) {
        graph.message(1, operator(operator, name, inputs)
                .message(5, new Message().text(1, attribute.name()).number(3, attribute.value()).number(20, ATTRIBUTE_INT)));
        return name;
    }

    /// An operator that only ONNX Runtime has.
    String microsoftNode(String operator, String name, String... inputs) {
        graph.message(1, operator(operator, name, inputs).text(7, MICROSOFT));
        return name;
    }

    private static Message operator(String operator, String name, String... inputs) {
        Message node = new Message();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, name).text(3, name).text(4, operator);
    }

    /// `Cast`.
    String cast(Type type, String name, String input) {
        return node("Cast", name, new Attribute("to", type.number), input);
    }

    byte[] bytes() {
        return new Message().number(1, IR_VERSION).message(8, opset("", OPSET)).message(8, opset(MICROSOFT, 1))
                .message(7, graph.text(2, "ionforge")).bytes.toByteArray();
    }

    private static Message opset(String domain, long version) {
        return new Message().text(1, domain).number(2, version);
    }
}
