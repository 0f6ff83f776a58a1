package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GroupedMedians;
import org.ionforge.compute.SpotKeys;

/// Grouping of spots: keys, sorting by key, medians by key. None has a peer that does the same.
final class GroupingBenchmark implements Benchmark {

    /// Rows of a signature, about as many as in a month of the archive.
    private static final int ROWS_A_GROUP = 12;
    private static final SpotKeys.Rule RULE = new SpotKeys.Rule(102, 111, 500, 80, 100, 130, 170);

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        int n = size == Size.SMALL ? 5000 : 1 << 22;
        return List.of(
                Workload.of("spotKeys.signatures", PointwiseBenchmark.rows(n), Cost.bytes(26L * n), operands -> signatures(operands, n)),
                sort("64-bit keys by 48 bits", ElementType.U64, n, SpotKeys.KEY_BITS), sort("32-bit keys", ElementType.U32, n, 32),
                Workload.of("groupedMedians.medians", PointwiseBenchmark.rows(n) + ", " + n / ROWS_A_GROUP + " groups",
                        Cost.bytes(13L * n + 16L * n / ROWS_A_GROUP), operands -> medians(operands, n)));
    }

    private static Contender signatures(Operands operands, int n) {
        SplittableRandom random = new SplittableRandom(1);
        SpotKeys.Spots spots = new SpotKeys.Spots(shorts(operands, random, n, 100, 115),
                operands.copy(ElementType.U32, MemorySegment.ofArray(random.ints(n).toArray())), shorts(operands, random, n, 0, SpotKeys.SQUARES),
                shorts(operands, random, n, 0, SpotKeys.SQUARES), operands.floats(n, 60, 250), operands.floats(n, 0, 20_000));
        Buffer keys = operands.allocate(ElementType.U64, n);
        return operands.running(() -> operands.backend().spotKeys().signatures(spots, RULE, keys, n), keys);
    }

    private static Buffer shorts(Operands operands, SplittableRandom random, int n, int from, int to) {
        short[] values = new short[n];
        for (int i = 0; i < n; i++) {
            values[i] = (short) random.nextInt(from, to);
        }
        return operands.copy(ElementType.U16, MemorySegment.ofArray(values));
    }

    /// A pass reads and writes every pair once, at least.
    private static Workload sort(String what, ElementType type, int n, int bits) {
        return Workload.of("radixSort.sort", n + " pairs, " + what, Cost.bytes(2L * (type.bytes() + 4) * n * (bits / 8)),
                operands -> sort(operands, type, n, bits));
    }

    private static Contender sort(Operands operands, ElementType type, int n, int bits) {
        SplittableRandom random = new SplittableRandom(2);
        MemorySegment unsorted = type == ElementType.U64 ? MemorySegment.ofArray(random.longs(n).toArray())
                : MemorySegment.ofArray(random.ints(n).toArray());
        MemorySegment numbers = MemorySegment.ofArray(IntStream.range(0, n).toArray());
        Buffer keys = operands.copy(type, unsorted);
        Buffer payload = operands.copy(ElementType.U32, numbers);
        return operands.running(() -> {
            keys.upload(unsorted);
            payload.upload(numbers);
            operands.backend().synchronize();
        }, () -> operands.backend().radixSort().sort(keys, payload, n, bits), () -> Operands.magnitude(keys) + Operands.magnitude(payload));
    }

    private static Contender medians(Operands operands, int n) {
        SplittableRandom random = new SplittableRandom(3);
        byte[] snr = new byte[n];
        for (int i = 0; i < n; i++) {
            snr[i] = (byte) random.nextInt(-33, 20);
        }
        Buffer keys = operands.copy(ElementType.U64, MemorySegment.ofArray(IntStream.range(0, n).mapToLong(i -> i / ROWS_A_GROUP).toArray()));
        Buffer order = operands.copy(ElementType.U32, MemorySegment.ofArray(IntStream.range(0, n).toArray()));
        GroupedMedians.Rows rows = new GroupedMedians.Rows(keys, order, operands.copy(ElementType.S8, MemorySegment.ofArray(snr)), n);
        int groups = n / ROWS_A_GROUP + 1;
        Buffer medians = operands.allocate(ElementType.F32, groups);
        medians.fill((byte) 0);
        GroupedMedians.Groups of = new GroupedMedians.Groups(operands.allocate(ElementType.U64, groups),
                operands.allocate(ElementType.U32, groups), medians);
        return operands.running(() -> operands.backend().groupedMedians().medians(rows, of), medians);
    }
}
