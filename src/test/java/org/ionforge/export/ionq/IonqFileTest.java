package org.ionforge.export.ionq;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.ionforge.errors.InputException;
import org.ionforge.export.ionq.IonqFile.Section;
import org.ionforge.export.ionq.IonqFile.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IonqFileTest {

    @TempDir
    Path folder;

    private static IonqFile small() {
        ObjectNode model = JsonNodeFactory.instance.objectNode().put("network", "3-2").put("größe", "a \"b\"");
        return new IonqFile(model, List.of(new Section("codes", Type.INT4, List.of(2, 3), new byte[] {0x21, 0x03, (byte) 0xF7, 0x08}),
                Section.of("scales", 0.5f, -0.0f), new Section("more", Type.INT2, List.of(1, 5), new byte[] {0x1B, 0x02})));
    }

    @Test
    void whatIsWrittenIsRead() {
        Path file = folder.resolve("small.ionq");
        small().write(file);
        IonqFile read = IonqFile.read(file);
        assertEquals(small().model(), read.model());
        assertEquals(List.of("codes", "scales", "more"), read.sections().stream().map(Section::name).toList());
        assertEquals(List.of(2, 3), read.section("codes").orElseThrow().shape());
        assertArrayEquals(new byte[] {0x21, 0x03, (byte) 0xF7, 0x08}, read.section("codes").orElseThrow().data());
        assertArrayEquals(new float[] {0.5f, -0.0f}, read.section("scales").orElseThrow().floats());
        assertTrue(read.section("missing").isEmpty());
        assertArrayEquals(small().bytes(), read.bytes());
    }

    /// The layout of docs/ionq.md, read without the class.
    @Test
    void theBytesAreThoseOfTheDocument() throws NoSuchAlgorithmException {
        byte[] bytes = small().bytes();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertArrayEquals(new byte[] {(byte) 0x89, 'I', 'O', 'N', 'Q', 13, 10, 26}, Arrays.copyOf(bytes, 8));
        assertEquals(1, file.getInt(8));
        int header = file.getInt(12);
        assertEquals(bytes.length, file.getLong(16));
        int data = 24 + header;
        assertEquals(0, data % 64);
        assertEquals(0x21, bytes[data]);
        assertEquals(0.5f, file.getFloat(data + 64));
        assertEquals(0x1B, bytes[data + 128]);
        assertEquals(data + 3 * 64 + 32, bytes.length);
        String text = new String(bytes, 24, header, StandardCharsets.UTF_8);
        assertTrue(text.contains("{\"name\":\"scales\",\"type\":\"f32\",\"shape\":[2],\"offset\":64,\"bytes\":8}"), text);
        assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(bytes, bytes.length - 32)),
                Arrays.copyOfRange(bytes, bytes.length - 32, bytes.length));
    }

    @Test
    void everyShorterFileIsRefused() throws IOException {
        byte[] bytes = small().bytes();
        for (int length = 0; length < bytes.length; length++) {
            refused(Arrays.copyOf(bytes, length), length < 56 ? "it has " + length + " bytes" : "cut short");
        }
        refused(Arrays.copyOf(bytes, bytes.length + 1), "it has " + (bytes.length + 1));
    }

    @Test
    void everyChangedByteIsRefused() throws IOException {
        byte[] bytes = small().bytes();
        for (int at = 0; at < bytes.length; at++) {
            for (int change : new int[] {1, 0x80, 0xFF}) {
                bytes[at] ^= (byte) change;
                refused(bytes, at < 8 ? "byte " + at + " is" : at < 12 ? "say version" : at >= 16 && at < 24 ? "bytes, it has" : "SHA-256");
                bytes[at] ^= (byte) change;
            }
        }
        Files.write(folder.resolve("changed.ionq"), bytes);
        IonqFile.read(folder.resolve("changed.ionq"));
    }

    /// Files whose digest is right, but nothing else.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"model\":{},\"sections\":[] | not JSON at byte",
        "[1] | not a JSON object",
        "{\"model\":{},\"model\":{},\"sections\":[]} | Duplicate field",
        "{\"model\":1,\"sections\":[]} | an object 'model'",
        "{\"model\":{}} | a list 'sections'",
        "{\"model\":{},\"sections\":[],\"more\":1} | a key 'more'",
        "{\"model\":{},\"sections\":[]} | belong to no section",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f64\",\"shape\":[2],\"offset\":0,\"bytes\":8}]} | section 0 (a): unknown type",
        "{\"model\":{},\"sections\":[{\"type\":\"f32\",\"shape\":[2],\"offset\":0,\"bytes\":8}]} | section 0 (?) wants a name",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[],\"offset\":0,\"bytes\":8}]} | wants a name and a shape",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[0],\"offset\":0,\"bytes\":0}]} | shape is 0, wanted 1 or more",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[2147483647,2147483647,3],\"offset\":0,\"bytes\":8}]} | larger than any file",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[2],\"offset\":64,\"bytes\":8}]} | offset is 64, wanted 0",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[2],\"offset\":0,\"bytes\":9}]} | bytes is 9, wanted 8",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[2],\"offset\":0}]} | bytes is missing",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[17],\"offset\":0,\"bytes\":68}]} | takes 68 bytes, 64 are left",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[1],\"offset\":0,\"bytes\":4}]} | is padding and has to be there and 0",
        "{\"model\":{},\"sections\":[{\"name\":\"a\",\"type\":\"f32\",\"shape\":[2],\"offset\":0,\"bytes\":8,\"x\":1}]} | a key 'x'",
    })
    void wrongHeadersAreRefusedWithThePlace(String header, String message) throws IOException, NoSuchAlgorithmException {
        refused(framed(header, 64), message);
    }

    @Test
    void headersThatDoNotEndAtALineAreRefused() throws IOException, NoSuchAlgorithmException {
        byte[] bytes = framed("{\"model\":{},\"sections\":[]}", 0);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(12, 41);
        refused(signed(bytes), "the header has 41 bytes");
    }

    @Test
    void twoSectionsOfOneNameAreRefused() throws IOException, NoSuchAlgorithmException {
        refused(framed("""
                {"model":{},"sections":[{"name":"a","type":"int8","shape":[64],"offset":0,"bytes":64},
                {"name":"a","type":"int8","shape":[64],"offset":64,"bytes":64}]}""", 128), "two sections are called a");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing.ionq");
        assertTrue(assertThrows(InputException.class, () -> IonqFile.read(missing)).getMessage().contains("missing.ionq"));
    }

    /// A file with that header and that many bytes of data, the first eight of them 1.
    private static byte[] framed(String header, int data) throws NoSuchAlgorithmException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        int length = Math.ceilDiv(24 + text.length, 64) * 64 - 24;
        ByteBuffer file = ByteBuffer.allocate(24 + length + data + 32).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x89, 'I', 'O', 'N', 'Q', 13, 10, 26}).putInt(1).putInt(length).putLong(file.capacity()).put(text);
        Arrays.fill(file.array(), 24 + text.length, 24 + length, (byte) ' ');
        Arrays.fill(file.array(), 24 + length, 24 + length + Math.min(data, 8), (byte) 1);
        return signed(file.array());
    }

    private static byte[] signed(byte[] file) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(file, file.length - 32));
        System.arraycopy(digest, 0, file, file.length - 32, 32);
        return file;
    }

    private void refused(byte[] bytes, String message) throws IOException {
        Path file = folder.resolve("corrupt.ionq");
        Files.write(file, bytes);
        String said = assertThrows(InputException.class, () -> IonqFile.read(file)).getMessage();
        assertTrue(said.contains(message) && said.contains("corrupt.ionq"), said);
        assertFalse(said.contains("null"), said);
    }
}
