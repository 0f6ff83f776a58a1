package org.ionforge.export.ionq;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.ionforge.errors.InputException;
import org.ionforge.export.AtomicFile;

/// A `.ionq` file: magic, version, lengths, a JSON header, aligned sections, and the SHA-256 of all that. It is read whole, and
/// checked whole before anything is handed out: each byte is magic, length, header, section, padding of zeros, or digest.
///
/// @param model    what the sections mean: the header's object of that name, the business of who writes it
/// @param sections in the order of their bytes; no two of one name
public record IonqFile(ObjectNode model, List<Section> sections) {

    public static final int VERSION = 1;

    /// A text transfer that changes line ends or the eighth bit destroys it.
    private static final byte[] MAGIC = {(byte) 0x89, 'I', 'O', 'N', 'Q', '\r', '\n', 0x1A};
    private static final int VERSION_AT = MAGIC.length;
    private static final int HEADER_LENGTH_AT = VERSION_AT + Integer.BYTES;
    private static final int FILE_LENGTH_AT = HEADER_LENGTH_AT + Integer.BYTES;
    private static final int HEADER_AT = FILE_LENGTH_AT + Long.BYTES;
    private static final int ALIGNMENT = 64;
    private static final int DIGEST = 32;
    private static final long LARGEST = 1L << 30;
    private static final Set<String> HEADER_KEYS = Set.of("model", "sections");
    private static final Set<String> SECTION_KEYS = Set.of("name", "type", "shape", "offset", "bytes");
    private static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /// Type of a section's elements. Codes narrower than a byte are packed along the last dimension, low bits first; each row of
    /// it starts at a whole byte.
    public enum Type {
        F32(32), INT8(8), INT4(4), INT2(2);

        private final int bits;

        Type(int bits) {
            this.bits = bits;
        }

        /// Bytes of a section of that shape.
        long bytes(List<Integer> shape) {
            long rows = 1;
            for (int dimension : shape.subList(0, shape.size() - 1)) {
                rows = Math.multiplyExact(rows, dimension);
            }
            return Math.multiplyExact(rows, ((long) shape.getLast() * bits + 7) / 8);
        }

        private String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One array.
    ///
    /// @param shape one dimension or more, each 1 or more, the outermost first
    /// @param data  little-endian; not to be changed
    public record Section(String name, Type type, List<Integer> shape, byte[] data) {

        public Section {
            shape = List.copyOf(shape);
            if (shape.isEmpty() || shape.stream().anyMatch(dimension -> dimension < 1) || type.bytes(shape) != data.length) {
                throw new IllegalArgumentException("section " + name + ": " + data.length + " bytes are no " + type.text() + shape);
            }
        }

        /// Of floats.
        public static Section of(String name, float... values) {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return new Section(name, Type.F32, List.of(values.length), bytes.array());
        }

        /// The floats of an F32 section.
        public float[] floats() {
            if (type != Type.F32) {
                throw new IllegalArgumentException("section " + name + " has codes of " + type.text());
            }
            float[] values = new float[data.length / Float.BYTES];
            ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        }
    }

    public IonqFile {
        sections = List.copyOf(sections);
        Set<String> names = new LinkedHashSet<>();
        for (Section section : sections) {
            if (!names.add(section.name())) {
                throw new IllegalArgumentException("two sections are called " + section.name());
            }
        }
    }

    public Optional<Section> section(String name) {
        return sections.stream().filter(section -> section.name().equals(name)).findFirst();
    }

    /// Writes the file, whole or not at all.
    ///
    /// @throws org.ionforge.errors.EnvironmentException if it cannot be written
    public void write(Path file) {
        byte[] bytes = bytes();
        AtomicFile.write(file, channel -> {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        });
    }

    /// The file as it lies on the disk.
    public byte[] bytes() {
        byte[] header = header();
        long length = HEADER_AT + header.length + DIGEST;
        for (Section section : sections) {
            length += aligned(section.data().length);
        }
        if (length > LARGEST) {
            throw new IllegalArgumentException("a model of " + length + " bytes; " + LARGEST + " is the limit");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).putInt(VERSION).putInt(header.length).putLong(length).put(header);
        for (Section section : sections) {
            int next = bytes.position() + (int) aligned(section.data().length);
            bytes.put(section.data()).position(next);
        }
        bytes.put(digest(bytes.array()));
        return bytes.array();
    }

    private byte[] header() {
        ObjectNode root = JSON.createObjectNode();
        root.set("model", model);
        var list = root.putArray("sections");
        long offset = 0;
        for (Section section : sections) {
            ObjectNode entry = list.addObject().put("name", section.name()).put("type", section.type().text());
            section.shape().forEach(entry.putArray("shape")::add);
            entry.put("offset", offset).put("bytes", section.data().length);
            offset += aligned(section.data().length);
        }
        byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
        // Blanks, so that the sections start at a multiple of 64.
        byte[] padded = Arrays.copyOf(text, (int) aligned(HEADER_AT + text.length) - HEADER_AT);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    /// Reads a file.
    ///
    /// @throws InputException if it cannot be read, or anything in it is not as it has to be; says what and where
    public static IonqFile read(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw refused(file, "it has " + Files.size(file) + " bytes; " + LARGEST + " is the limit");
            }
            return parse(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw InputException.unreadable(file, e);
        }
    }

    private static IonqFile parse(Path file, byte[] bytes) {
        int headerLength = frame(file, bytes);
        JsonNode root = json(file, bytes, headerLength);
        onlyKnown(file, "the header", root, HEADER_KEYS);
        if (!(root.path("model") instanceof ObjectNode model) || !root.path("sections").isArray()) {
            throw refused(file, "the header wants an object 'model' and a list 'sections'");
        }
        List<Section> sections = new ArrayList<>();
        int start = HEADER_AT + headerLength;
        int end = bytes.length - DIGEST;
        int at = start;
        for (JsonNode entry : root.get("sections")) {
            String where = "section " + sections.size() + " (" + entry.path("name").asText("?") + ")";
            onlyKnown(file, where, entry, SECTION_KEYS);
            Section section = section(file, where, entry, bytes, at - start, at, end);
            int next = at + (int) aligned(section.data().length);
            for (int padding = at + section.data().length; padding < next; padding++) {
                if (padding >= end || bytes[padding] != 0) {
                    throw refused(file, "byte " + padding + " after " + where + " is padding and has to be there and 0");
                }
            }
            sections.add(section);
            at = next;
        }
        if (at != end) {
            throw refused(file, "bytes " + at + " to " + (end - 1) + " belong to no section");
        }
        try {
            return new IonqFile(model, sections);
        } catch (IllegalArgumentException e) {
            throw refused(file, e.getMessage());
        }
    }

    /// Checks all that lies around the header and the sections.
    ///
    /// @return the header's length
    private static int frame(Path file, byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER_AT + DIGEST) {
            throw refused(file, "it has " + bytes.length + " bytes, fewer than an empty one");
        }
        int wrong = Arrays.mismatch(MAGIC, Arrays.copyOf(bytes, MAGIC.length));
        if (wrong >= 0) {
            throw refused(file, "byte " + wrong + " is " + (bytes[wrong] & 0xFF) + ", the magic has " + (MAGIC[wrong] & 0xFF));
        }
        int version = frame.getInt(VERSION_AT);
        if (version != VERSION) {
            throw refused(file, "bytes " + VERSION_AT + " to " + (HEADER_LENGTH_AT - 1) + " say version " + Integer.toUnsignedString(version)
                    + "; this program reads version " + VERSION);
        }
        long length = frame.getLong(FILE_LENGTH_AT);
        if (length != bytes.length) {
            throw refused(file, "bytes " + FILE_LENGTH_AT + " to " + (HEADER_AT - 1) + " say that it has " + Long.toUnsignedString(length)
                    + " bytes, it has " + bytes.length + (length > bytes.length ? ": it is cut short" : ""));
        }
        byte[] stated = Arrays.copyOfRange(bytes, bytes.length - DIGEST, bytes.length);
        if (!MessageDigest.isEqual(stated, digest(bytes))) {
            throw refused(file, "its SHA-256 (the last " + DIGEST + " bytes) is not that of the bytes before: it was changed or damaged");
        }
        int headerLength = frame.getInt(HEADER_LENGTH_AT);
        if (headerLength < 2 || headerLength > bytes.length - HEADER_AT - DIGEST || (HEADER_AT + headerLength) % ALIGNMENT != 0) {
            throw refused(file, "bytes " + HEADER_LENGTH_AT + " to " + (FILE_LENGTH_AT - 1) + " say that the header has "
                    + Integer.toUnsignedString(headerLength) + " bytes: that does not end at a multiple of " + ALIGNMENT + " inside the file");
        }
        return headerLength;
    }

    private static JsonNode json(Path file, byte[] bytes, int length) {
        try {
            JsonNode root = JSON.readTree(bytes, HEADER_AT, length);
            if (root.isObject()) {
                return root;
            }
            throw refused(file, "its header is not a JSON object");
        } catch (JsonProcessingException e) {
            throw refused(file, "its header is not JSON at byte " + (HEADER_AT + Math.max(0, e.getLocation().getByteOffset())) + ": "
                    + e.getOriginalMessage());
        } catch (IOException e) {
            throw refused(file, "its header cannot be read: " + e);
        }
    }

    /// @param offset where the section has to begin, from the first one's start
    /// @param at     the same in the file
    /// @param end    of all sections
    private static Section section(Path file, String where, JsonNode entry, byte[] bytes, int offset, int at, int end) {
        Type type = Arrays.stream(Type.values()).filter(each -> each.text().equals(entry.path("type").asText())).findFirst()
                .orElseThrow(() -> refused(file, where + ": unknown type " + entry.path("type")));
        if (!entry.path("name").isTextual() || entry.get("name").asText().isEmpty() || !entry.path("shape").isArray() || entry.get("shape").isEmpty()) {
            throw refused(file, where + " wants a name and a shape");
        }
        List<Integer> shape = new ArrayList<>();
        for (JsonNode dimension : entry.get("shape")) {
            shape.add((int) whole(file, where + ": shape", dimension, 1, Integer.MAX_VALUE));
        }
        long length;
        try {
            length = type.bytes(shape);
        } catch (ArithmeticException e) {
            throw refused(file, where + ": the shape " + shape + " is larger than any file");
        }
        whole(file, where + ": offset", entry.path("offset"), offset, offset);
        whole(file, where + ": bytes", entry.path("bytes"), length, length);
        if (length > end - at) {
            throw refused(file, where + ": " + type.text() + shape + " takes " + length + " bytes, " + (end - at) + " are left at byte " + at);
        }
        return new Section(entry.get("name").asText(), type, shape, Arrays.copyOfRange(bytes, at, at + (int) length));
    }

    private static long whole(Path file, String where, JsonNode node, long low, long high) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < low || node.longValue() > high) {
            throw refused(file, where + " is " + (node.isMissingNode() ? "missing" : node) + ", wanted " + (low == high ? "" + low : low + " or more"));
        }
        return node.longValue();
    }

    private static void onlyKnown(Path file, String where, JsonNode node, Set<String> known) {
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw refused(file, where + " has a key '" + key + "' that version " + VERSION + " does not know");
            }
        });
    }

    private static long aligned(long length) {
        return Math.ceilDiv(length, (long) ALIGNMENT) * ALIGNMENT;
    }

    /// Of all bytes but the last 32.
    private static byte[] digest(byte[] bytes) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(bytes, 0, bytes.length - DIGEST);
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static InputException refused(Path file, String why) {
        return new InputException(file + " is no usable .ionq file: " + why);
    }
}
