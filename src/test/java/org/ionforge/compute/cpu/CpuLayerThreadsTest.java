package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.ActivityLosses.Distillation;
import org.ionforge.compute.ActivityLosses.Latency;
import org.ionforge.compute.ActivityLosses.Terms;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GroupedMedians;
import org.ionforge.compute.Lif;
import org.ionforge.compute.Patches;
import org.junit.jupiter.api.Test;

/// What lies between and behind layers, and the grouping of spots, does not depend on the number of threads.
class CpuLayerThreadsTest extends ThreadCountCase {

    private final List<Buffer> operands = new ArrayList<>();
    private final List<Buffer> results = new ArrayList<>();
    private Random random;

    @Test
    void sameBitsForAnyNumberOfThreads() {
        List<byte[]> one = run(1);
        for (int count : new int[] {2, 5}) {
            List<byte[]> more = run(count);
            for (int i = 0; i < one.size(); i++) {
                assertArrayEquals(one.get(i), more.get(i), count + " threads, result " + i);
            }
        }
    }

    private List<byte[]> run(int threads) {
        ionforge_cpu_h.ionforge_cpu_set_threads(threads);
        random = new Random(9);
        losses();
        patches();
        grouping();
        optimiser();
        List<byte[]> written = results.stream().map(buffer -> buffer.host().toArray(ValueLayout.JAVA_BYTE)).toList();
        operands.forEach(Buffer::close);
        results.forEach(Buffer::close);
        operands.clear();
        results.clear();
        return written;
    }

    private void losses() {
        Lif.Shape shape = new Lif.Shape(11, 67, 133);
        Buffer labels = operand(ElementType.U8, bytes(9001, 10));
        Buffer index = operand(ElementType.S32, MemorySegment.ofArray(random.ints(9001, 0, 9001).toArray()));
        CrossEntropy.Targets targets = new CrossEntropy.Targets(labels, index, 0);
        backend.crossEntropy().add(new CrossEntropy.Shape(9001, 10), floats(90_010), 0.3f, targets, result(ElementType.F32, 90_010),
                result(ElementType.F64, CrossEntropy.TOTALS));
        backend.activityLosses().addRate(shape, floats((int) shape.cells()), 1, 0.1f, result(ElementType.F32, shape.cells()),
                result(ElementType.F64, ActivityLosses.TOTALS));
        backend.activityLosses().addMembrane(shape, floats((int) shape.elements()), new Terms(0.5f, 0.25f, new Latency(1, 4, floats(133), targets),
                        new Distillation(2, floats((int) shape.elements()))), result(ElementType.F32, shape.elements()),
                result(ElementType.F64, ActivityLosses.TOTALS));
    }

    private void patches() {
        Patches.Shape shape = new Patches.Shape(37, 13, 11, 5, 2, 3, 3, 1, 1);
        Buffer rows = result(ElementType.F32, shape.rowElements(ElementType.F32));
        backend.patches().gather(shape, floats((int) shape.mapElements(ElementType.F32)), rows);
        backend.patches().scatter(shape, rows, result(ElementType.F32, shape.mapElements(ElementType.F32)));
        Buffer index = operand(ElementType.S32, MemorySegment.ofArray(random.ints(5000, 0, 700).toArray()));
        backend.batchRows().gather(new BatchRows.Shape(3, 5000, 7), floats(700 * 21), index, 0, result(ElementType.F32, 5000 * 21));
    }

    private void grouping() {
        int n = 100_003;
        Buffer keys = result(ElementType.U64, n);
        Buffer order = result(ElementType.U32, n);
        keys.upload(MemorySegment.ofArray(random.longs(n, 0, 5000).toArray()));
        order.upload(MemorySegment.ofArray(IntStream.range(0, n).toArray()));
        backend.radixSort().sort(keys, order, n, 40);
        backend.groupedMedians().medians(new GroupedMedians.Rows(keys, order, operand(ElementType.S8, bytes(n, 100)), n),
                new GroupedMedians.Groups(result(ElementType.U64, 5000), result(ElementType.U32, 5000), result(ElementType.F32, 5000)));
    }

    private void optimiser() {
        int n = 70_001;
        Buffer parameters = result(ElementType.F32, n);
        parameters.upload(MemorySegment.ofArray(values(n)));
        backend.adamW().step(parameters, floats(n), result(ElementType.F32, n), result(ElementType.F32, n),
                List.of(new AdamW.Group(3, n - 5, 1e-3f, -1, 1)), AdamW.Options.DEFAULT, 1);
    }

    private float[] values(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    private MemorySegment bytes(int n, int bound) {
        byte[] values = new byte[n];
        for (int i = 0; i < n; i++) {
            values[i] = (byte) random.nextInt(bound);
        }
        return MemorySegment.ofArray(values);
    }

    private Buffer floats(int n) {
        return operand(ElementType.F32, MemorySegment.ofArray(values(n)));
    }

    private Buffer operand(ElementType type, MemorySegment values) {
        Buffer buffer = backend.allocate(type, values.byteSize() / type.bytes());
        buffer.upload(values);
        operands.add(buffer);
        return buffer;
    }

    /// Zeros, which sums are added to.
    private Buffer result(ElementType type, long n) {
        Buffer buffer = backend.allocate(type, n);
        buffer.fill((byte) 0);
        results.add(buffer);
        return buffer;
    }
}
