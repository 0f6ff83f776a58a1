package org.ionforge.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One of ONNX's own tests of an operator: a model of one node, and what it is given and has to give.
///
/// @param operator   `QuantizeLinear`
/// @param attributes those that are whole numbers
record OnnxCase(String name, String operator, Map<String, Integer> attributes, List<OnnxTensor> inputs, List<OnnxTensor> outputs) {

    private static final int GRAPH = 7;
    private static final int NODE = 1;
    private static final int OP_TYPE = 4;
    private static final int ATTRIBUTE = 5;
    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_INT = 3;

    /// Every case in a folder.
    static List<OnnxCase> all(Path folder) {
        try (Stream<Path> cases = Files.list(folder)) {
            return cases.filter(Files::isDirectory).sorted().map(OnnxCase::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OnnxCase read(Path folder) {
        try {
            byte[] graph = ProtobufFields.all(Files.readAllBytes(folder.resolve("model.onnx")), GRAPH).getFirst().bytes();
            byte[] node = ProtobufFields.all(graph, NODE).getFirst().bytes();
            Map<String, Integer> attributes = ProtobufFields.all(node, ATTRIBUTE).stream().map(ProtobufFields.Field::bytes).collect(Collectors.toMap(
                    attribute -> ProtobufFields.all(attribute, ATTRIBUTE_NAME).getFirst().text(),
                    attribute -> (int) ProtobufFields.all(attribute, ATTRIBUTE_INT).getFirst().value()));
            return new OnnxCase(folder.getFileName().toString(), ProtobufFields.all(node, OP_TYPE).getFirst().text(), attributes,
                    tensors(folder, "input_"), tensors(folder, "output_"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<OnnxTensor> tensors(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("test_data_set_0"))) {
            List<Path> sorted = files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
            List<OnnxTensor> tensors = new ArrayList<>();
            for (Path file : sorted) {
                tensors.add(OnnxTensor.parse(Files.readAllBytes(file)));
            }
            return tensors;
        }
    }

    OnnxTensor input(int index) {
        return inputs.get(index);
    }

    OnnxTensor output() {
        return outputs.getFirst();
    }

    /// Which scale each element of x has: the only one, that of its place on the axis, or of its block there.
    int[] scaleOf(OnnxTensor x, OnnxTensor scale) {
        int[] index = new int[x.size()];
        if (scale.size() == 1) {
            return index;
        }
        int axis = attributes.getOrDefault("axis", 1);
        int block = attributes.getOrDefault("block_size", 0);
        for (int i = 0; i < index.length; i++) {
            int rest = i;
            int at = 0;
            int stride = 1;
            for (int d = x.dims().length - 1; d >= 0; d--) {
                int place = rest % x.dims()[d];
                rest /= x.dims()[d];
                if (block > 0) {
                    at += stride * (d == axis ? place / block : place);
                    stride *= scale.dims()[d];
                } else if (d == axis) {
                    at = place;
                }
            }
            index[i] = at;
        }
        return index;
    }
}
