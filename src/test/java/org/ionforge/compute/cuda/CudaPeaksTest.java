package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.Test;

/// A peak counts what was really done: the kernels' sums are those of as many rounds as were asked for.
class CudaPeaksTest {

    private static final int THREADS = 256;
    /// What one product of tiles adds to a lane's four sums: two of a row of 4 zeros, ones, twos and threes and then 16 ones, two of
    /// a row of ones, all by a column of 16 ones and then 16 twos.
    private static final int BYTES = 2 * (4 * (1 + 2 + 3) + 32) + 2 * (16 + 32);

    @Test
    void everyRoundIsDone() {
        try (CudaBackend backend = new CudaBackend(EmulatedDevice.open(Schedule.FORWARD))) {
            for (int rounds : new int[] {1, 5}) {
                float[] fma = new float[2 * THREADS];
                run(backend, "peak_fma_f32", ElementType.F32, rounds, MemorySegment.ofArray(fma));
                int[] s8 = new int[2 * THREADS];
                run(backend, "peak_dot_s8", ElementType.S32, rounds, MemorySegment.ofArray(s8));
                float[] bf16 = new float[2 * THREADS];
                run(backend, "peak_dot_bf16", ElementType.F32, rounds, MemorySegment.ofArray(bf16));
                for (int i = 0; i < 2 * THREADS; i++) {
                    assertEquals(chains(i % THREADS, rounds), fma[i], "thread " + i);
                    assertEquals(4 * (0 + 1 + 2 + 3) + rounds * 4 * BYTES, s8[i], "thread " + i);
                    // a row of ones by columns of eight ones and eight twos
                    assertEquals(4 * (0 + 1 + 2 + 3) + rounds * 4 * 4 * 24, bf16[i], "thread " + i);
                }
            }
            assertEquals(0, backend.liveBuffers());
        }
    }

    @Test
    void peaksArePositiveAndLeaveNothing() {
        try (CudaBackend backend = new CudaBackend(EmulatedDevice.open(Schedule.FORWARD))) {
            CudaPeaks peaks = new CudaPeaks(backend, 1);
            for (double peak : new double[] {peaks.copy(4096), peaks.fma(2), peaks.dot(2), peaks.dotBf16(2)}) {
                assertTrue(peak > 0 && Double.isFinite(peak), "peak " + peak);
            }
            assertEquals(0, backend.liveBuffers());
        }
    }

    private static void run(CudaBackend backend, String kernel, ElementType type, int rounds, MemorySegment result) {
        try (Buffer sink = backend.allocate(type, 2 * THREADS)) {
            sink.fill((byte) -1);
            backend.device().launch(kernel, Grid.of(2, THREADS), sink, rounds);
            sink.download(result);
        }
    }

    private static float chains(int thread, int rounds) {
        float sum = 0;
        for (int k = 0; k < 8; k++) {
            float a = thread + k;
            for (int i = 0; i < rounds; i++) {
                a = Math.fma(a, 0.999f, 0.001f);
            }
            sum += a;
        }
        return sum;
    }
}
