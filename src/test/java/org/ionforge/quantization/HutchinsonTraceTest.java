package org.ionforge.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ionforge.quantization.HutchinsonTrace.Block;
import org.ionforge.quantization.HutchinsonTrace.Trace;
import org.junit.jupiter.api.Test;

class HutchinsonTraceTest {

    private static final List<Block> BLOCKS = List.of(new Block(0, 40), new Block(48, 16));

    private static float[] parameters() {
        float[] parameters = new float[64];
        Random random = new Random(3);
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) random.nextGaussian();
        }
        return parameters;
    }

    /// A Hessian with nothing beside its diagonal needs a single draw.
    @Test
    void aDiagonalIsExact() {
        float[] parameters = parameters();
        float[] before = parameters.clone();
        List<Trace> traces = HutchinsonTrace.of((w, g) -> {
            for (int i = 0; i < w.length; i++) {
                g[i] = (i < 40 ? 2 : 0.5f) * w[i];
            }
        }, parameters, BLOCKS, 1, 0.01, 7);
        assertEquals(80, traces.get(0).mean(), 80 * 1e-4);
        assertEquals(8, traces.get(1).mean(), 8 * 1e-4);
        assertTrue(Double.isNaN(traces.getFirst().standardError()));
        assertArrayEquals(before, parameters);
    }

    /// Entries beside the diagonal only spread the draws, within a block and between blocks.
    @Test
    void aFullMatrixIsMetWithinItsError() {
        float[] parameters = parameters();
        Random random = new Random(4);
        double[][] matrix = new double[64][64];
        for (int i = 0; i < 64; i++) {
            matrix[i][i] = 3 + random.nextDouble();
            for (int j = 0; j < i; j++) {
                matrix[i][j] = matrix[j][i] = random.nextGaussian() * 0.3;
            }
        }
        List<Trace> traces = HutchinsonTrace.of((w, g) -> {
            for (int i = 0; i < 64; i++) {
                double sum = 0;
                for (int j = 0; j < 64; j++) {
                    sum += matrix[i][j] * w[j];
                }
                g[i] = (float) sum;
            }
        }, parameters, BLOCKS, 200, 0.01, 7);
        for (int b = 0; b < 2; b++) {
            Block block = BLOCKS.get(b);
            double trace = 0;
            for (long i = block.offset(); i < block.offset() + block.length(); i++) {
                trace += matrix[(int) i][(int) i];
            }
            Trace found = traces.get(b);
            assertTrue(found.standardError() > 0 && found.standardError() < 0.05 * trace, found + " for " + trace);
            assertEquals(trace, found.mean(), 4 * found.standardError());
        }
    }

    /// w⁴/4 has the second derivative 3w², and its central difference over h is off by h² exactly.
    @Test
    void theErrorOfTheDifferenceIsOfSecondOrder() {
        float[] parameters = parameters();
        double exact = 0;
        double squares = 0;
        for (int i = 0; i < 40; i++) {
            exact += 3.0 * parameters[i] * parameters[i];
            squares += (double) parameters[i] * parameters[i] / 40;
        }
        for (double step : new double[] {0.2, 0.1}) {
            Trace trace = HutchinsonTrace.of((w, g) -> {
                for (int i = 0; i < w.length; i++) {
                    g[i] = w[i] * w[i] * w[i];
                }
            }, parameters, BLOCKS.subList(0, 1), 1, step, 7).getFirst();
            assertEquals(40 * step * step * squares, trace.mean() - exact, 1e-3 * step * step * exact + 1e-4);
        }
    }

    @Test
    void parametersOutsideTheBlocksAreHeld() {
        float[] parameters = parameters();
        HutchinsonTrace.of((w, g) -> {
            assertArrayEquals(Arrays.copyOfRange(parameters, 40, 48), Arrays.copyOfRange(w, 40, 48));
            assertTrue(w[0] != parameters[0]);
            Arrays.fill(g, 1);
        }, parameters, BLOCKS, 2, 0.1, 7);
    }

    @Test
    void anEstimateBelowItsErrorCountsAsItsError() {
        assertEquals(0.5, new Trace(-2, 0.5).atLeastItsError());
        assertEquals(2, new Trace(2, 0.5).atLeastItsError());
        assertEquals(0, new Trace(-2, Double.NaN).atLeastItsError());
        assertThrows(IllegalArgumentException.class, () -> HutchinsonTrace.of((w, g) -> { }, new float[1], List.of(), 0, 0.1, 1));
    }
}
