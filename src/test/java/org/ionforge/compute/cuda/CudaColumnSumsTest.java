package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.ionforge.compute.Bf16;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The bias gradients of the gated MLP where a library multiplies its weights' gradients: no room without one launches those kernels.
class CudaColumnSumsTest {

    private static final int THREADS = 256;
    /// Columns of a block.
    private static final int COLUMNS = 64;

    @ParameterizedTest
    @EnumSource(value = ElementType.class, names = {"F32", "BF16"})
    void sumsOfEverySlice(ElementType type) {
        int rows = 103;
        int sliceRows = 50;
        int slices = 3;
        int wide = 144;
        float[] values = new float[rows * wide];
        short[] halves = new short[values.length];
        double[] expected = new double[slices * wide];
        Random random = new Random(6);
        for (int i = 0; i < values.length; i++) {
            halves[i] = Bf16.of(random.nextFloat() - 0.5f);
            values[i] = Bf16.toFloat(halves[i]);
            expected[i / wide / sliceRows * wide + i % wide] += values[i];
        }
        for (Schedule schedule : new Schedule[] {Schedule.FORWARD, Schedule.REVERSE, new Schedule.Random(20261122)}) {
            try (CudaBackend backend = new CudaBackend(EmulatedDevice.open(schedule)); Buffer in = backend.allocate(type, values.length);
                    Buffer out = backend.allocate(ElementType.F32, expected.length)) {
                in.upload(type == ElementType.F32 ? MemorySegment.ofArray(values) : MemorySegment.ofArray(halves));
                backend.device().launch("gated_mlp_column_sums_" + (type == ElementType.F32 ? "f32" : "bf16"),
                        new Grid(Math.ceilDiv(wide, COLUMNS), slices, 1, THREADS, 1, 1, 0), in, wide, (long) rows, (long) sliceRows, out);
                float[] sums = new float[expected.length];
                out.download(MemorySegment.ofArray(sums));
                for (int i = 0; i < sums.length; i++) {
                    assertEquals(expected[i], sums[i], 1e-5, "slice " + i / wide + ", column " + i % wide);
                }
            }
        }
    }
}
