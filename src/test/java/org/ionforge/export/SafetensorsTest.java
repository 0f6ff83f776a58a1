package org.ionforge.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = folder.resolve("two.safetensors");
        MemorySegment weights = MemorySegment.ofArray(new float[] {1, 2, 3, -4, 5.5f, Float.MIN_VALUE});
        MemorySegment codes = MemorySegment.ofArray(new byte[] {-1, 7, 9});
        Safetensors.write(file, Map.of("seed", "42", "übung", "a \"b\""), List.of(
                new Safetensors.Tensor("layer.weight", Safetensors.DType.F32, List.of(2L, 3L), weights),
                new Safetensors.Tensor("codes", Safetensors.DType.I8, List.of(3L), codes),
                new Safetensors.Tensor("empty", Safetensors.DType.F64, List.of(0L, 4L), MemorySegment.NULL)));
        try (Safetensors read = Safetensors.open(file)) {
            assertEquals(Map.of("seed", "42", "übung", "a \"b\""), read.metadata());
            assertEquals(List.of("layer.weight", "codes", "empty"), read.tensors().stream().map(Safetensors.Tensor::name).toList());
            Safetensors.Tensor tensor = read.tensor("layer.weight").orElseThrow();
            assertEquals(List.of(2L, 3L), tensor.shape());
            assertArrayEquals(weights.toArray(ValueLayout.JAVA_BYTE), tensor.data().toArray(ValueLayout.JAVA_BYTE));
            assertArrayEquals(new byte[] {-1, 7, 9}, read.tensor("codes").orElseThrow().data().toArray(ValueLayout.JAVA_BYTE));
            assertTrue(read.tensor("missing").isEmpty());
        }
        // The format asks for data that starts at a multiple of eight.
        assertEquals(0, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("model.safetensors");
        AtomicFile.writeText(file, "old");
        assertThrows(IllegalStateException.class, () -> AtomicFile.write(file, channel -> {
            AtomicFile.writeFully(channel, ByteBuffer.wrap(new byte[100]));
            throw new IllegalStateException("the process dies here");
        }));
        assertEquals("old", Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
        AtomicFile.writeText(file, "new");
        assertEquals("new", Files.readString(file));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | tensor a: F32[2] takes 8 bytes",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}} | unknown dtype 'F31'",
        "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}} | unknown dtype ''",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | has -2 where",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}} | has 1.5 where",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}} | must be lists",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}} | must be lists",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,3],\"data_offsets\":[0,8]}} | larger than any file",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 4 bytes after the last tensor",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | leaving a hole after 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | inside the tensor before it",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}} | cut short",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":1} | Duplicate field",
        "{\"__metadata__\":{\"seed\":42},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | __metadata__.seed is not a text",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]} | not JSON at byte",
        "[1,2] | not a JSON object",
    })
    void corruptHeadersAreRefusedWithThePlace(String header, String message) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        refused(ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).array(), message);
    }

    @Test
    void headersLongerThanTheFileAreRefused() throws IOException {
        refused(new byte[5], "it has 5 bytes");
        refused(ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(57).array(), "a header of 57 bytes");
        refused(ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(-1).array(), "a header of 18446744073709551615 bytes");
        refused(new byte[0], "it has 0 bytes");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing.safetensors");
        assertTrue(assertThrows(InputException.class, () -> Safetensors.open(missing)).getMessage().contains("missing.safetensors"));
    }

    private void refused(byte[] bytes, String message) throws IOException {
        Path file = folder.resolve("corrupt.safetensors");
        Files.write(file, bytes);
        String said = assertThrows(InputException.class, () -> Safetensors.open(file)).getMessage();
        assertTrue(said.contains(message) && said.contains("corrupt.safetensors"), said);
        assertFalse(said.contains("null"), said);
    }
}
