package org.ionforge.spiking.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class EventFilesTest {

    @TempDir
    Path folder;

    private static byte[] events(int[]... xypt) {
        byte[] bytes = new byte[5 * xypt.length];
        for (int i = 0; i < xypt.length; i++) {
            int[] e = xypt[i];
            bytes[5 * i] = (byte) e[0];
            bytes[5 * i + 1] = (byte) e[1];
            bytes[5 * i + 2] = (byte) (e[2] << 7 | e[3] >>> 16);
            bytes[5 * i + 3] = (byte) (e[3] >>> 8);
            bytes[5 * i + 4] = (byte) e[3];
        }
        return bytes;
    }

    private EventSamples read(byte[] recording) throws IOException {
        Files.write(folder.resolve("7.bs2"), recording);
        return EventFiles.read(folder, Files.writeString(folder.resolve("list.txt"), "#sample #class\n7\t4\n"));
    }

    private String refusal(byte[] recording) {
        return assertThrows(InputException.class, () -> read(recording)).getMessage();
    }

    @Test
    void addressesTimesAndTheOverflowOfTheClock() throws IOException {
        EventSamples samples = read(events(new int[] {18, 16, 1, 893}, new int[] {33, 0, 0, 70_000}, new int[] {5, 240, 0, 0}, new int[] {0, 33, 0, 62_000}));
        assertArrayEquals(new int[] {34 * 34 + 16 * 34 + 18, 33, 33 * 34}, samples.addresses());
        assertArrayEquals(new int[] {893, 70_000, 62_000 + 8192}, samples.microseconds());
        assertEquals(4, samples.label(0));
        assertEquals(2312, samples.features());
    }

    @Test
    void framesHoldOneBitForEachAddressThatFired() throws IOException {
        EventSamples samples = read(events(new int[] {1, 0, 0, 0}, new int[] {1, 0, 0, 99}, new int[] {0, 1, 0, 100}, new int[] {33, 33, 1, 399}));
        int row = 73;
        int[] words = new int[1 + 4 * row];
        samples.frames(0, 4, 400, words, 1);
        int[] expected = new int[1 + 4 * row];
        expected[1] = 1 << 1;
        expected[1 + row + 34 / 32] = 1 << 34 % 32;
        expected[1 + 3 * row + 2311 / 32] = 1 << 2311 % 32;
        assertArrayEquals(expected, words);
        int[] shorter = new int[4 * row];
        samples.frames(0, 4, 399, shorter, 0);
        assertEquals(2, Arrays.stream(shorter).map(Integer::bitCount).sum(), "an event at the end of the duration is left out");
    }

    @Test
    void whatIsWrongIsToldWithItsByteOrLine() throws IOException {
        assertTrue(refusal(Arrays.copyOf(events(new int[] {1, 1, 0, 5}), 13)).contains("cut short at byte offset 13"));
        assertTrue(refusal(events(new int[] {1, 1, 0, 5}, new int[] {34, 1, 0, 6})).contains("byte offset 5: pixel (34, 1)"));
        assertTrue(refusal(events(new int[] {1, 1, 0, 5}, new int[] {3, 1, 0, 4})).contains("byte offset 7: time goes back from 5 to 4"));
        Path list = folder.resolve("other.txt");
        for (String bad : new String[] {"7 ten", "7 10", "x 1"}) {
            Files.writeString(list, "# list\n" + bad);
            assertTrue(assertThrows(InputException.class, () -> EventFiles.read(folder, list)).getMessage().contains("line 2: '" + bad + "'"));
        }
        Files.writeString(list, "8 1");
        assertTrue(assertThrows(InputException.class, () -> EventFiles.read(folder, list)).getMessage().contains("sample 8 has no file"));
        Files.writeString(list, "# nothing");
        assertTrue(assertThrows(InputException.class, () -> EventFiles.read(folder, list)).getMessage().contains("names no sample"));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+", disabledReason = "IONFORGE_DATA names no folder with nmnist/")
    void readsNMnist() {
        Path nmnist = Path.of(System.getenv("IONFORGE_DATA"), "nmnist");
        EventSamples training = EventFiles.read(nmnist.resolve("bs2"), nmnist.resolve("train1K.txt"));
        EventSamples testing = EventFiles.read(nmnist.resolve("bs2"), nmnist.resolve("test100.txt"));
        assertEquals(1000, training.size());
        assertEquals(100, testing.size());
        assertEquals(5, training.label(0));
        assertEquals(4_500_000, training.events() + testing.events(), 100_000);
        assertTrue(training.lastMicrosecond() > 290_000 && training.lastMicrosecond() < 350_000, "three saccades of 100 ms: " + training.lastMicrosecond());
    }
}
