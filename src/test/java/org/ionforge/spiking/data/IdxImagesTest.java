package org.ionforge.spiking.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class IdxImagesTest {

    @TempDir
    Path folder;

    private static byte[] idx(int[] dimensions, int... data) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * dimensions.length + data.length);
        bytes.putInt(0x800 | dimensions.length);
        Arrays.stream(dimensions).forEach(bytes::putInt);
        for (int value : data) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path images() throws IOException {
        return file("images.gz", gzip(idx(new int[] {2, 2, 3}, 0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 1)));
    }

    private Path labels() throws IOException {
        return file("labels", idx(new int[] {2}, 3, 0));
    }

    private String refusal(Path images, Path labels) {
        try (Arena arena = Arena.ofConfined()) {
            return assertThrows(InputException.class, () -> IdxImages.read(images, labels, 4, arena)).getMessage();
        }
    }

    @Test
    void pixelsBecomeZeroToOneAndLabelsStay() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            ValueSamples samples = IdxImages.read(images(), labels(), 4, arena);
            assertEquals(2, samples.size());
            assertEquals(6, samples.features());
            float[] first = new float[6];
            for (int i = 0; i < 6; i++) {
                first[i] = samples.value(0, i);
            }
            assertArrayEquals(new float[] {0, 0.2f, 0.4f, 0.6f, 0.8f, 1}, first, 1e-7f);
            assertEquals(1f / 255, samples.value(1, 5));
            assertEquals(3, samples.label(0));
            assertEquals(new ClassBalance(new int[] {1, 0, 0, 1}), samples.balance());
            assertEquals(0, samples.balance().evenness());
            assertEquals(0.5, samples.balance().largestShare());
        }
    }

    @Test
    void whatIsWrongIsToldWithItsByte() throws IOException {
        assertTrue(refusal(labels(), labels()).contains("are labels given as images?"));
        assertTrue(refusal(images(), images()).contains("are images given as labels?"));
        assertTrue(refusal(file("text", "hello world".getBytes()), labels()).contains("byte offset 0 holds 0x68656c6c"));
        assertTrue(refusal(images(), file("three", idx(new int[] {3}, 1, 2, 3))).contains("holds 2 images"));
        assertTrue(refusal(images(), file("beyond", idx(new int[] {2}, 1, 4))).contains("byte offset 9: label 4 of sample 1"));
        assertTrue(refusal(images(), file("longer", idx(new int[] {2}, 1, 2, 3))).contains("byte offset 10: more bytes"));
        assertTrue(refusal(images(), file("negative", idx(new int[] {-2}))).contains("byte offset 4"));
        assertTrue(refusal(folder.resolve("none"), labels()).contains("no such file"));
    }

    @Test
    void aFileCutShortIsRefusedWithTheOffset() throws IOException {
        byte[] plain = idx(new int[] {2}, 1, 2);
        assertTrue(refusal(images(), file("short", Arrays.copyOf(plain, 9))).contains("cut short at byte offset 9"));
        assertTrue(refusal(images(), file("header", Arrays.copyOf(plain, 3))).contains("cut short at byte offset 3"));
        byte[] packed = gzip(plain);
        assertTrue(refusal(images(), file("packed", Arrays.copyOf(packed, packed.length - 9))).contains("cut short at byte offset"));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+", disabledReason = "IONFORGE_DATA names no folder with mnist/")
    void readsMnist() {
        Path mnist = Path.of(System.getenv("IONFORGE_DATA"), "mnist");
        try (Arena arena = Arena.ofShared()) {
            ValueSamples training = IdxImages.training(mnist, MnistPackage.CLASSES, arena);
            ValueSamples testing = IdxImages.testing(mnist, MnistPackage.CLASSES, arena);
            assertEquals(60_000, training.size());
            assertEquals(784, training.features());
            assertEquals(5, training.label(0));
            assertEquals(new ClassBalance(new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}), testing.balance());
            double sum = 0;
            for (int image = 0; image < training.size(); image++) {
                for (int i = 0; i < 784; i++) {
                    sum += training.value(image, i);
                }
            }
            assertEquals(0.1307, sum / 60_000 / 784, 5e-5, "the mean that every tutorial normalises by");
        }
        String message = refusal(mnist.resolve("broken-truncated-train-images-idx3-ubyte.gz"), mnist.resolve("train-labels-idx1-ubyte.gz"));
        assertTrue(message.contains("cut short at byte offset"), message);
    }
}
