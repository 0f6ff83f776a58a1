package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.ionforge.compute.BatchRows.Shape;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchRowsConformanceTest {

    private static float[] gather(Room room, Shape shape, float[] data, int[] index, long first) {
        return Trial.on(room, trial -> {
            int n = Math.toIntExact(shape.batch() * shape.row());
            Buffer out = trial.output(ElementType.F32, n);
            trial.backend().batchRows().gather(shape, trial.input(data), trial.input(index), first, out);
            return trial.floats(out, n);
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyShapeToTheBit(Room room) {
        for (int steps : new int[] {1, 2, 25}) {
            for (int width : new int[] {1, 31, 73}) {
                for (int batch : new int[] {1, 3, 64, 257}) {
                    Random random = new Random(steps * 1000L + width);
                    int rows = 19;
                    float[] data = new Inputs(steps + width).anyBits(rows * steps * width);
                    int[] index = random.ints(batch + 5, -2, rows + 2).toArray();
                    Shape shape = new Shape(steps, batch, width);
                    Agreement.toTheBit(gather(Room.reference(), shape, data, index, 5), gather(room, shape, data, index, 5),
                            shape + " on " + room, i -> "index " + index[5 + i / width % batch]);
                }
            }
        }
    }

    @Test
    void theDefinition() {
        float[] out = gather(Room.reference(), new Shape(2, 3, 1), new float[] {1, 2, 3, 4, 5, 6}, new int[] {9, 2, 0, 3}, 1);
        assertArrayEquals(new float[] {5, 1, Float.NaN, 6, 2, Float.NaN}, out);
        assertEquals(-1, Float.floatToRawIntBits(out[2]));
    }

    /// A view shares its owner's memory, on every backend: what is written through one is read through the other.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aViewIsAPartOfItsOwner(Room room) {
        Trial.on(room, trial -> {
            Buffer data = trial.input(0f, 1, 2, 3, 4, 5, 6, 7);
            Buffer view = data.slice(2, 5).slice(1, 3);
            Buffer out = trial.backend().allocate(ElementType.F32, 7);
            out.fill((byte) 0);
            trial.backend().batchRows().gather(new Shape(1, 2, 1), view, trial.input(2, 0), 0, out.slice(3, 2));
            assertArrayEquals(new float[] {0, 0, 0, 5, 3, 0, 0}, trial.floats(out, 7));
            assertThrows(IndexOutOfBoundsException.class, () -> view.slice(1, 3));
            view.close();
            assertEquals(3, view.length());
            Buffer of = out.slice(0, 1);
            out.close();
            assertThrows(IllegalStateException.class, () -> of.fill((byte) 1));
            return null;
        });
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> gather(Room.reference(), new Shape(1, 2, 1), new float[1], new int[2], 1));
        assertThrows(IllegalArgumentException.class, () -> new Shape(0, 1, 1));
    }
}
