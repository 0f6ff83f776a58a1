package org.ionforge.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ionforge.errors.InputException;

/// A safetensors file (https://huggingface.co/docs/safetensors), mapped into memory: eight bytes of header length, a JSON
/// header, then the tensors' bytes, little-endian and row-major. The whole layout is checked before a tensor is handed out:
/// every byte of the data belongs to exactly one tensor.
public final class Safetensors implements AutoCloseable {

    /// Longest header that the format allows.
    public static final long HEADER_LIMIT = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /// Element types of the format, by their names in the header.
    public enum DType {
        BOOL(1), U8(1), I8(1), F8_E5M2(1), F8_E4M3(1), I16(2), U16(2), F16(2), BF16(2), I32(4), U32(4), F32(4), I64(8), U64(8),
        F64(8);

        private final int bytes;

        DType(int bytes) {
            this.bytes = bytes;
        }

        /// Size of one element.
        public int bytes() {
            return bytes;
        }
    }

    /// One tensor.
    ///
    /// @param shape sizes from the outermost dimension in; empty for a scalar
    /// @param data  its elements; read-only and valid until the file is closed when it was read from one
    public record Tensor(String name, DType type, List<Long> shape, MemorySegment data) {

        public Tensor {
            shape = List.copyOf(shape);
            long bytes = byteSize(type, shape);
            if (data.byteSize() != bytes) {
                throw new IllegalArgumentException("tensor " + name + " of " + type + shape + " is " + bytes + " bytes, not "
                        + data.byteSize());
            }
        }
    }

    private final Path file;
    private final Arena arena;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    private Safetensors(Path file, Arena arena, Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.file = file;
        this.arena = arena;
        this.tensors = tensors;
        this.metadata = metadata;
    }

    /// Maps a file.
    ///
    /// @throws InputException if it cannot be read or is no safetensors file, with the place that says so
    public static Safetensors open(Path file) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return parse(file, arena, bytes);
        } catch (IOException e) {
            arena.close();
            throw InputException.unreadable(file, e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    public Path file() {
        return file;
    }

    /// The tensors in the order of their bytes.
    public List<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    public Optional<Tensor> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /// The block of texts that a writer may leave in the header; empty if there is none.
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// Writes a file, whole or not at all. Tensors keep their order.
    ///
    /// @throws org.ionforge.errors.EnvironmentException if it cannot be written
    public static void write(Path file, Map<String, String> metadata, List<Tensor> tensors) {
        byte[] header = header(metadata, tensors);
        AtomicFile.write(file, channel -> {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
            AtomicFile.writeFully(channel, start.putLong(header.length).put(header).flip());
            // Through a buffer, since memory of a float[] cannot be lent to a channel.
            ByteBuffer part = ByteBuffer.allocateDirect(1 << 20);
            for (Tensor tensor : tensors) {
                for (long at = 0; at < tensor.data.byteSize(); at += part.capacity()) {
                    int length = (int) Math.min(part.capacity(), tensor.data.byteSize() - at);
                    MemorySegment.copy(tensor.data, at, MemorySegment.ofBuffer(part.clear()), 0, length);
                    AtomicFile.writeFully(channel, part.limit(length));
                }
            }
        });
    }

    private static byte[] header(Map<String, String> metadata, List<Tensor> tensors) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = root.putObject(METADATA);
            metadata.forEach(texts::put);
        }
        long offset = 0;
        for (Tensor tensor : tensors) {
            if (root.has(tensor.name)) {
                throw new IllegalArgumentException("two tensors are called " + tensor.name);
            }
            ObjectNode entry = root.putObject(tensor.name).put("dtype", tensor.type.name());
            tensor.shape.forEach(entry.putArray("shape")::add);
            entry.putArray("data_offsets").add(offset).add(offset += tensor.data.byteSize());
        }
        // Blanks up to a multiple of eight, so that the data is aligned for readers that map it.
        String text = root.toString();
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        return (text + " ".repeat(-length & 7)).getBytes(StandardCharsets.UTF_8);
    }

    private static Safetensors parse(Path file, Arena arena, MemorySegment bytes) {
        if (bytes.byteSize() < Long.BYTES) {
            throw refused(file, "it has " + bytes.byteSize() + " bytes, fewer than the header's length takes");
        }
        long length = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        if (length < 2 || length > HEADER_LIMIT || length > bytes.byteSize() - Long.BYTES) {
            throw refused(file, "bytes 0 to 7 give a header of " + Long.toUnsignedString(length) + " bytes; the file has "
                    + bytes.byteSize() + " and " + HEADER_LIMIT + " is the limit");
        }
        MemorySegment data = bytes.asSlice(Long.BYTES + length);
        JsonNode root = json(file, bytes.asSlice(Long.BYTES, length));
        Map<String, String> metadata = Map.of();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(METADATA)) {
                metadata = metadata(file, field.getValue());
            } else {
                entries.add(entry(file, field.getKey(), field.getValue()));
            }
        }
        return new Safetensors(file, arena, slices(file, entries, data), metadata);
    }

    private static JsonNode json(Path file, MemorySegment header) {
        try {
            JsonNode root = JSON.readTree(header.toArray(ValueLayout.JAVA_BYTE));
            if (root.isObject()) {
                return root;
            }
            throw refused(file, "its header is not a JSON object");
        } catch (JsonProcessingException e) {
            throw refused(file, "its header is not JSON at byte " + (Long.BYTES + Math.max(0, e.getLocation().getByteOffset()))
                    + ": " + e.getOriginalMessage());
        } catch (IOException e) {
            throw refused(file, "its header cannot be read: " + e);
        }
    }

    private static Map<String, String> metadata(Path file, JsonNode node) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw refused(file, METADATA + "." + field.getKey() + " is not a text");
            }
            texts.put(field.getKey(), field.getValue().textValue());
        }
        if (!node.isObject()) {
            throw refused(file, METADATA + " is not an object");
        }
        return Collections.unmodifiableMap(texts);
    }

    private record Entry(String name, DType type, List<Long> shape, long begin, long end) {
    }

    private static Entry entry(Path file, String name, JsonNode node) {
        String where = "tensor " + name + ": ";
        DType type = type(file, where, node.path("dtype").asText(""));
        JsonNode dimensions = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!dimensions.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw refused(file, where + "shape and data_offsets must be lists, the latter of two numbers");
        }
        List<Long> shape = new ArrayList<>();
        dimensions.forEach(d -> shape.add(whole(file, where + "shape", d)));
        long begin = whole(file, where + "data_offsets", offsets.get(0));
        long end = whole(file, where + "data_offsets", offsets.get(1));
        long bytes;
        try {
            bytes = byteSize(type, shape);
        } catch (ArithmeticException e) {
            throw refused(file, where + "the shape " + shape + " is larger than any file");
        }
        if (end < begin || end - begin != bytes) {
            throw refused(file, where + type + shape + " takes " + bytes + " bytes, data_offsets give " + begin + " to " + end);
        }
        return new Entry(name, type, shape, begin, end);
    }

    private static DType type(Path file, String where, String name) {
        for (DType type : DType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw refused(file, where + "unknown dtype '" + name + "'; known are " + List.of(DType.values()));
    }

    private static long whole(Path file, String where, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw refused(file, where + " has " + node + " where a whole number is needed");
        }
        return node.longValue();
    }

    private static long byteSize(DType type, List<Long> shape) {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return Math.multiplyExact(elements, type.bytes());
    }

    private static Map<String, Tensor> slices(Path file, List<Entry> entries, MemorySegment data) {
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        long expected = 0;
        for (Entry entry : entries) {
            if (entry.begin != expected) {
                throw refused(file, "tensor " + entry.name + " begins at byte " + entry.begin + " of the data, "
                        + (entry.begin < expected ? "inside the tensor before it, which ends at " : "leaving a hole after ") + expected);
            }
            expected = entry.end;
            if (expected > data.byteSize()) {
                throw refused(file, "tensor " + entry.name + " ends at byte " + expected + " of the data, which has only "
                        + data.byteSize() + ": the file is cut short");
            }
            tensors.put(entry.name, new Tensor(entry.name, entry.type, entry.shape, data.asSlice(entry.begin, entry.end - entry.begin)));
        }
        if (expected != data.byteSize()) {
            throw refused(file, data.byteSize() - expected + " bytes after the last tensor belong to none");
        }
        return tensors;
    }

    private static InputException refused(Path file, String why) {
        return new InputException(file + " is not a usable safetensors file: " + why);
    }
}
