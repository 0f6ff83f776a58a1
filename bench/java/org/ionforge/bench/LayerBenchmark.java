package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.ActivityLosses.Distillation;
import org.ionforge.compute.ActivityLosses.Latency;
import org.ionforge.compute.ActivityLosses.Terms;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.Patches;

/// What stands between the layers of a spiking network and behind its last: batches, patches of maps, losses.
final class LayerBenchmark implements Benchmark {

    private static final int CLASSES = 10;

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    /// Maps of 25 steps of 128 samples between two convolutions of 5 × 5 kernels; neurons of 784-1000-10.
    @Override
    public List<Workload> workloads(Size size) {
        boolean small = size == Size.SMALL;
        int images = small ? 6 : 25 * 128;
        Patches.Shape maps = new Patches.Shape(images, 12, 12, 32, 1, 5, 5, 1, 0);
        Patches.Shape pooled = new Patches.Shape(images, 24, 24, 12, 2, 5, 5, 1, 0);
        Lif.Shape hidden = small ? new Lif.Shape(3, 4, 33) : new Lif.Shape(25, 128, 1000);
        return List.of(gather(maps, ElementType.U32), gather(pooled, ElementType.U8), gather(pooled, ElementType.F32), scatter(pooled),
                batches(small ? new BatchRows.Shape(1, 8, 20) : new BatchRows.Shape(1, 16_384, 784)), answers(small ? 100 : 1 << 18),
                rates(small ? 8 : 16_384, small ? 33 : 1000), membranes("energy and consistency", hidden, 8, 9, false),
                membranes("all losses", hidden, 12, 40, true));
    }

    private static Workload gather(Patches.Shape shape, ElementType rows) {
        long bytes = shape.mapElements(ElementType.U32) * Integer.BYTES + shape.rowElements(rows) * rows.bytes();
        return Workload.of("patches.gather", shape(shape) + " spikes to " + rows, Cost.bytes(bytes), operands -> {
            Buffer spikes = operands.copy(ElementType.U32, MemorySegment.ofArray(
                    new SplittableRandom(1).ints(shape.mapElements(ElementType.U32)).map(word -> word & word >>> 7).toArray()));
            Buffer out = operands.allocate(rows, shape.rowElements(rows));
            return operands.running(() -> operands.backend().patches().gather(shape, spikes, out), out);
        });
    }

    private static Workload scatter(Patches.Shape shape) {
        long rows = shape.rowElements(ElementType.F32);
        long maps = shape.mapElements(ElementType.F32);
        return Workload.of("patches.scatter", shape(shape), Cost.bytes((rows + maps) * Float.BYTES).fma(rows), operands -> {
            Buffer gradient = operands.floats(Math.toIntExact(rows), -1, 1);
            Buffer out = operands.allocate(ElementType.F32, maps);
            return operands.running(() -> operands.backend().patches().scatter(shape, gradient, out), out);
        });
    }

    private static String shape(Patches.Shape shape) {
        return shape.images() + " maps " + shape.height() + "×" + shape.width() + "×" + shape.channels()
                + (shape.pool() > 1 ? " pooled by " + shape.pool() : "") + ", 5×5";
    }

    private static Workload batches(BatchRows.Shape shape) {
        long elements = shape.batch() * shape.row();
        return Workload.of("batchRows.gather", shape.batch() + " rows of " + shape.row(), Cost.bytes((8 * elements) + 4L * shape.batch()),
                operands -> {
                    int rows = 2 * shape.batch();
                    Buffer data = operands.floats(Math.toIntExact(rows * shape.row()), 0, 1);
                    Buffer index = index(operands, shape.batch(), rows);
                    Buffer out = operands.allocate(ElementType.F32, elements);
                    return operands.running(() -> operands.backend().batchRows().gather(shape, data, index, 0, out), out);
                });
    }

    private static Workload answers(int samples) {
        long scores = (long) samples * CLASSES;
        return Workload.of("crossEntropy.add", samples + " samples in " + CLASSES + " classes", Cost.bytes(8 * scores + 5L * samples).fma(10 * scores),
                operands -> {
                    Buffer x = operands.floats(Math.toIntExact(scores), 0, 25);
                    Buffer gradient = operands.allocate(ElementType.F32, scores);
                    CrossEntropy.Targets targets = targets(operands, samples);
                    Buffer totals = zeros(operands, CrossEntropy.TOTALS);
                    return operands.running(() -> operands.backend().crossEntropy().add(new CrossEntropy.Shape(samples, CLASSES), x, 0.2f, targets,
                            gradient, totals), () -> samples * Operands.magnitude(gradient));
                });
    }

    private static Workload rates(int batch, int neurons) {
        Lif.Shape shape = new Lif.Shape(25, batch, neurons);
        return Workload.of("activityLosses.addRate", batch + "×" + neurons, Cost.bytes(8 * shape.cells()).fma(2 * shape.cells()), operands -> {
            Buffer counts = operands.floats(Math.toIntExact(shape.cells()), 0, 25);
            Buffer gradient = operands.allocate(ElementType.F32, shape.cells());
            Buffer totals = zeros(operands, ActivityLosses.TOTALS);
            return operands.running(() -> operands.backend().activityLosses().addRate(shape, counts, shape.neurons(), 0.1f, gradient, totals),
                    () -> batch * Operands.magnitude(gradient));
        });
    }

    /// @param bytes      of an element
    /// @param operations of an element
    private static Workload membranes(String losses, Lif.Shape shape, int bytes, int operations, boolean all) {
        long n = shape.elements();
        return Workload.of("activityLosses.addMembrane", shape.steps() + "×" + shape.batch() + "×" + shape.neurons() + ", " + losses,
                Cost.bytes(bytes * n).fma(operations * n), operands -> {
                    Buffer membrane = operands.floats(Math.toIntExact(n), -1, 1.2);
                    Terms terms = new Terms(1, 1, all ? new Latency(1, 10, operands.floats(new float[] {1}), null) : null,
                            all ? new Distillation(1, operands.floats(Math.toIntExact(n), -1, 1.2)) : null);
                    Buffer gradient = operands.allocate(ElementType.F32, n);
                    Buffer totals = zeros(operands, ActivityLosses.TOTALS);
                    return operands.running(() -> operands.backend().activityLosses().addMembrane(shape, membrane, terms, gradient, totals), gradient);
                });
    }

    private static Buffer zeros(Operands operands, int n) {
        return operands.copy(ElementType.F64, MemorySegment.ofArray(new double[n]));
    }

    private static CrossEntropy.Targets targets(Operands operands, int samples) {
        byte[] labels = new byte[samples];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < samples; i++) {
            labels[i] = (byte) random.nextInt(CLASSES);
        }
        return new CrossEntropy.Targets(operands.copy(ElementType.U8, MemorySegment.ofArray(labels)), index(operands, samples, samples), 0);
    }

    private static Buffer index(Operands operands, int n, int rows) {
        return operands.copy(ElementType.S32, MemorySegment.ofArray(new SplittableRandom(3).ints(n, 0, rows).toArray()));
    }
}
