package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.junit.jupiter.api.Test;

class CpuGatedMlpTest {

    private static final GatedMlpShape SHAPE = new GatedMlpShape(7, 5, 37, 29, 17, 11, 3, 6, 2);
    private static final int ROWS = 12_345;

    /// A batch of many shards, worked off by one, two and five threads: the same bits.
    @Test
    void doesNotDependOnTheNumberOfThreads() {
        int before = ionforge_cpu_h.ionforge_cpu_threads();
        try {
            float[] one = gradients(1);
            assertArrayEquals(one, gradients(2));
            assertArrayEquals(one, gradients(5));
            assertEquals(5, ionforge_cpu_h.ionforge_cpu_threads());
        } finally {
            ionforge_cpu_h.ionforge_cpu_set_threads(before);
        }
    }

    /// A small call after a large one uses the workspace that the large one left, dirty as it is.
    @Test
    void aSmallCallAfterALargeOne() {
        try (CpuBackend backend = new CpuBackend()) {
            float[] alone = run(backend, 11);
            run(backend, ROWS);
            assertArrayEquals(alone, run(backend, 11));
        }
    }

    @Test
    void measuresThePeak() {
        assertTrue(ionforge_cpu_h.ionforge_cpu_fma_peak(10) > 0);
    }

    private static float[] gradients(int threads) {
        ionforge_cpu_h.ionforge_cpu_set_threads(threads);
        try (CpuBackend backend = new CpuBackend()) {
            return run(backend, ROWS);
        }
    }

    private static float[] run(CpuBackend backend, int rows) {
        Random random = new Random(1);
        try (Buffer parameters = random(backend, random, SHAPE.parameters());
             Buffer features = random(backend, random, rows * SHAPE.inputs());
             Buffer targets = random(backend, random, rows);
             Buffer weights = random(backend, random, rows);
             Buffer gradients = backend.allocate(ElementType.F32, SHAPE.parameters())) {
            backend.gatedMlp().lossAndGradient(SHAPE, parameters, new GatedMlp.Rows(features, targets, weights, null, 0, rows),
                    new GatedMlp.LossOptions(1, 0.1f), gradients);
            float[] values = new float[SHAPE.parameters()];
            gradients.download(MemorySegment.ofArray(values));
            return values;
        }
    }

    private static Buffer random(CpuBackend backend, Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        Buffer buffer = backend.allocate(ElementType.F32, length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }
}
