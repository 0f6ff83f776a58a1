package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Patches;
import org.ionforge.compute.Patches.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatchesConformanceTest {

    /// Channels around a byte and a word, kernels as wide as the map, strides past the kernel, rests at the edges, padding, ones.
    private static final List<Shape> SHAPES = List.of(new Shape(1, 1, 1, 1, 1, 1, 1, 1, 0), new Shape(3, 5, 7, 1, 1, 3, 3, 1, 0),
            new Shape(2, 6, 5, 12, 1, 3, 2, 1, 1), new Shape(2, 4, 4, 32, 1, 2, 2, 2, 0), new Shape(1, 3, 4, 33, 1, 2, 3, 1, 1),
            new Shape(5, 7, 7, 7, 1, 2, 2, 3, 0), new Shape(2, 5, 3, 67, 1, 5, 3, 1, 0), new Shape(1, 11, 3, 9, 1, 2, 3, 2, 1),
            new Shape(1, 2, 2, 31, 1, 2, 2, 1, 1), new Shape(37, 2, 3, 5, 1, 2, 3, 1, 0), new Shape(1, 5, 13, 1, 1, 1, 13, 4, 0));
    private static final List<Shape> POOLED = List.of(new Shape(2, 7, 9, 12, 2, 3, 3, 1, 0), new Shape(3, 6, 6, 1, 3, 2, 2, 1, 1),
            new Shape(1, 8, 7, 33, 2, 2, 3, 2, 1), new Shape(2, 15, 15, 3, 15, 1, 1, 1, 0), Shape.whole(2, 5, 4, 10, 2),
            new Shape(1, 4, 9, 8, 4, 1, 2, 1, 0), new Shape(3, 3, 3, 40, 3, 1, 1, 1, 0));

    private static int[] words(Random random, Shape shape) {
        return random.ints(Math.toIntExact(shape.mapElements(ElementType.U32))).toArray();
    }

    private static byte[] bytes(Random random, Shape shape) {
        byte[] bytes = new byte[Math.toIntExact(shape.mapElements(ElementType.U8))];
        random.nextBytes(bytes);
        return bytes;
    }

    /// The rows as bytes of memory: sums of floats of one order have one result.
    private static byte[] gather(Room room, Shape shape, Function<Trial, Buffer> maps, ElementType to) {
        return Trial.on(room, trial -> {
            int n = Math.toIntExact(shape.rowElements(to));
            Buffer rows = trial.output(to, n);
            trial.backend().patches().gather(shape, maps.apply(trial), rows);
            return switch (to) {
                case U8 -> trial.bytes(rows, n);
                case F32 -> bytes(trial.floats(rows, n));
                default -> bytes(trial.ints(rows, n));
            };
        });
    }

    private static byte[] bytes(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(values[i]);
        }
        return bytes(bits);
    }

    private static byte[] bytes(int[] values) {
        byte[] bytes = new byte[4 * values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i / 4] >>> i % 4 * 8);
        }
        return bytes;
    }

    private static float[] scatter(Room room, Shape shape, float[] gradient) {
        return Trial.on(room, trial -> {
            int n = Math.toIntExact(shape.mapElements(ElementType.F32));
            Buffer maps = trial.output(ElementType.F32, n);
            trial.backend().patches().scatter(shape, trial.input(gradient), maps);
            return trial.floats(maps, n);
        });
    }

    private static void compare(Room room, Shape shape, Function<Trial, Buffer> maps, ElementType to) {
        assertArrayEquals(gather(Room.reference(), shape, maps, to), gather(room, shape, maps, to), () -> shape + " to " + to);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void spikesToTheBit(Room room) {
        Random random = new Random(1);
        for (Shape shape : SHAPES) {
            int[] words = words(random, shape);
            for (ElementType to : List.of(ElementType.U32, ElementType.U8, ElementType.F32)) {
                compare(room, shape, trial -> trial.input(ElementType.U32, words), to);
            }
        }
        for (Shape shape : POOLED) {
            int[] words = words(random, shape);
            compare(room, shape, trial -> trial.input(ElementType.U32, words), ElementType.U8);
            compare(room, shape, trial -> trial.input(ElementType.U32, words), ElementType.F32);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void valuesToTheBit(Room room) {
        Random random = new Random(2);
        List<Shape> shapes = new ArrayList<>(SHAPES);
        shapes.addAll(POOLED);
        for (Shape shape : shapes) {
            byte[] bytes = bytes(random, shape);
            float[] floats = new Inputs(3).anyBits(bytes.length);
            compare(room, shape, trial -> trial.input(bytes), ElementType.F32);
            compare(room, shape, trial -> trial.input(floats), ElementType.F32);
            if (shape.pool() == 1) {
                compare(room, shape, trial -> trial.input(bytes), ElementType.U8);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void gradientsToTheBit(Room room) {
        List<Shape> shapes = new ArrayList<>(SHAPES);
        shapes.addAll(POOLED);
        for (Shape shape : shapes) {
            int n = Math.toIntExact(shape.rowElements(ElementType.F32));
            for (float[] gradient : List.of(new Inputs(4).uniform(n, -1, 1), new Inputs(5).anyBits(n))) {
                Agreement.toTheBit(scatter(Room.reference(), shape, gradient), scatter(room, shape, gradient), shape + " on " + room,
                        i -> "element " + i);
            }
        }
    }

    /// A square of more spikes than a byte can count, all of them there.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void manySpikesInASquare(Room room) {
        for (int pool : new int[] {15, 16, 23}) {
            Shape shape = Shape.whole(1, pool, pool, 9, pool);
            int[] ones = new int[pool * pool];
            Arrays.fill(ones, -1);
            float[] expected = new float[9];
            Arrays.fill(expected, pool * pool);
            assertArrayEquals(bytes(expected), gather(room, shape, trial -> trial.input(ElementType.U32, ones), ElementType.F32));
        }
    }

    @Test
    void theDefinition() {
        Shape shape = new Shape(1, 2, 3, 1, 1, 2, 2, 1, 1);
        assertEquals(12, shape.positions());
        float[] map = {1, 2, 3, 4, 5, 6};
        byte[] rows = gather(Room.reference(), shape, trial -> trial.input(map), ElementType.F32);
        byte[] fifth = Arrays.copyOfRange(rows, 5 * 16, 6 * 16);
        assertArrayEquals(bytes(new float[] {1, 2, 4, 5}), fifth);
        assertArrayEquals(bytes(new float[] {0, 0, 0, 1}), Arrays.copyOf(rows, 16));
        Shape pooled = Shape.whole(1, 2, 5, 1, 2);
        assertArrayEquals(bytes(new float[] {1 + 2 + 6 + 7, 3 + 4 + 8 + 9}),
                gather(Room.reference(), pooled, trial -> trial.input(1f, 2, 3, 4, 5, 6, 7, 8, 9, 10), ElementType.F32));
        assertArrayEquals(new float[] {7, 7, 8, 8, 0, 7, 7, 8, 8, 0}, scatter(Room.reference(), pooled, new float[] {7, 8}));
    }

    /// `⟨gather(x), g⟩ = ⟨x, scatter(g)⟩`, in small integers, which add up without rounding.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void scatterIsTheTransposeOfGather(Room room) {
        Random random = new Random(6);
        for (Shape shape : List.of(SHAPES.get(2), SHAPES.get(7), POOLED.get(0), POOLED.get(2))) {
            float[] x = integers(random, Math.toIntExact(shape.mapElements(ElementType.F32)));
            float[] g = integers(random, Math.toIntExact(shape.rowElements(ElementType.F32)));
            float[] rows = Trial.on(room, trial -> {
                Buffer out = trial.output(ElementType.F32, g.length);
                trial.backend().patches().gather(shape, trial.input(x), out);
                return trial.floats(out, g.length);
            });
            assertEquals(dot(rows, g), dot(x, scatter(room, shape, g)), () -> "of " + shape);
        }
    }

    private static float[] integers(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(-8, 9);
        }
        return values;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            Patches patches = trial.backend().patches();
            Shape shape = new Shape(2, 4, 4, 33, 2, 2, 2, 1, 0);
            Buffer spikes = trial.input(ElementType.U32, new int[64]);
            String bits = assertThrows(IllegalArgumentException.class, () -> patches.gather(shape, spikes,
                    trial.output(ElementType.U32, 100))).getMessage();
            assertTrue(bits.contains("U32 of maps in U32 with a pool of 2"), bits);
            String rows = assertThrows(IllegalArgumentException.class, () -> patches.gather(shape, spikes,
                    trial.input(new byte[263]))).getMessage();
            assertTrue(rows.contains("rows must hold 264 U8"), rows);
            String maps = assertThrows(IllegalArgumentException.class, () -> patches.scatter(shape, trial.input(new float[264]),
                    trial.input(new float[1055]))).getMessage();
            assertTrue(maps.contains("maps must hold 1056 F32"), maps);
            assertThrows(IllegalArgumentException.class, () -> new Shape(1, 4, 4, 1, 2, 3, 3, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> new Shape(1, 4, 4, 1, 5, 1, 1, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> new Shape(1, 4, 4, 1, 1, 2, 2, 1, 2));
            return null;
        });
    }
}
