package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GridSquaresConformanceTest {

    private record Decoded(float[] latitude, float[] longitude, byte[] valid) {
    }

    /// All 32,400 squares, one case of letters after the other.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everySquare(Room room) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 32_400; i++) {
            char a = (char) ((i % 2 == 0 ? 'A' : 'a') + i / 1800);
            char b = (char) ((i % 3 == 0 ? 'A' : 'a') + i / 100 % 18);
            text.append(a).append(b).append(i / 10 % 10).append(i % 10).append("\0\0\0\0");
        }
        Decoded decoded = compare(room, text.toString().getBytes(StandardCharsets.US_ASCII), 32_400);
        byte[] all = new byte[32_400];
        Arrays.fill(all, (byte) 1);
        assertArrayEquals(all, decoded.valid());
        assertEquals(-179, decoded.longitude()[0]);
        assertEquals(-89.5f, decoded.latitude()[0]);
    }

    /// Every byte value in every position of a good locator of each length: all that can be wrong in one place.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyByteInEveryPlace(Room room) {
        String[] good = {"FN31\0\0\0\0", "IO91wm\0\0", "Jn58TD25", "\0\0\0\0\0\0\0\0"};
        byte[] locators = new byte[good.length * 8 * 256 * 8];
        int at = 0;
        for (String locator : good) {
            for (int place = 0; place < 8; place++) {
                for (int value = 0; value < 256; value++, at += 8) {
                    System.arraycopy(locator.getBytes(StandardCharsets.ISO_8859_1), 0, locators, at, 8);
                    locators[at + place] = (byte) value;
                }
            }
        }
        compare(room, locators, locators.length / 8);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everySize(Room room) {
        for (int n : Inputs.SIZES) {
            Inputs inputs = new Inputs(n);
            byte[] locators = new byte[n * 8];
            for (int i = 0; i < n; i++) {
                random(inputs, locators, i * 8);
            }
            compare(room, locators, n);
        }
    }

    /// Mostly good ones of 4, 6 or 8 characters; one in eight has a random byte somewhere.
    private static void random(Inputs inputs, byte[] locators, int at) {
        int length = 4 + 2 * inputs.below(3);
        for (int i = 0; i < length; i++) {
            boolean letter = i / 2 % 2 == 0;
            int digit = inputs.below(i / 2 == 0 ? 18 : letter ? 24 : 10);
            locators[at + i] = (byte) (digit + (letter ? inputs.below(2) == 0 ? 'A' : 'a' : '0'));
        }
        if (inputs.below(8) == 0) {
            locators[at + inputs.below(8)] = (byte) inputs.below(256);
        }
    }

    private static Decoded compare(Room room, byte[] locators, int n) {
        Decoded expected = Trial.on(Room.reference(), trial -> decode(trial, locators, n));
        Decoded actual = Trial.on(room, trial -> decode(trial, locators, n));
        IntFunction<String> inputs = i -> Arrays.toString(Arrays.copyOfRange(locators, i * 8, i * 8 + 8));
        Agreement.toTheBit(expected.latitude(), actual.latitude(), "latitude", inputs);
        Agreement.toTheBit(expected.longitude(), actual.longitude(), "longitude", inputs);
        assertArrayEquals(expected.valid(), actual.valid());
        return actual;
    }

    private static Decoded decode(Trial trial, byte[] locators, int n) {
        Buffer latitude = trial.output(ElementType.F32, n);
        Buffer longitude = trial.output(ElementType.F32, n);
        Buffer valid = trial.output(ElementType.U8, n);
        trial.backend().gridSquares().decode(trial.input(locators), latitude, longitude, valid, n);
        return new Decoded(trial.floats(latitude, n), trial.floats(longitude, n), trial.bytes(valid, n));
    }
}
