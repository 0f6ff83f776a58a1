package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.bench.QuantisationRun.Kind;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.Observers;
import org.ionforge.compute.QuantisationScheme;

/// Fake quantisation and observers, on a tensor with one scale and on the rows of a weight matrix; packed codes; histograms.
final class QuantisationBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        int side = size == Size.SMALL ? 40 : 1 << 12;
        List<Workload> workloads = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            workloads.add(new QuantisationRun(kind, 1, side * side));
            if (kind != Kind.OBSERVE && kind != Kind.STRAIGHT_THROUGH) {
                workloads.add(new QuantisationRun(kind, side, side));
            }
        }
        workloads.add(packed(QuantisationScheme.int4().perChannel(), side));
        workloads.add(packed(QuantisationScheme.int2().perChannel(), side));
        workloads.add(Workload.of("observers.count", PointwiseBenchmark.rows(side * side), Cost.bytes(4L * side * side),
                operands -> counting(operands, side * side)));
        return workloads;
    }

    private static Workload packed(QuantisationScheme scheme, int side) {
        return Workload.of("fakeQuantisation.quantise to " + scheme.bits() + " packed bits", side + "×" + side + ", a scale a row",
                Cost.bytes(4L * side * side + side * scheme.packedBytes(side)).fma(8L * side * side), operands -> packing(operands, scheme, side));
    }

    private static Contender packing(Operands operands, QuantisationScheme scheme, int side) {
        Buffer x = operands.floats(side * side, -1, 1);
        Buffer packed = operands.allocate(ElementType.U8, side * scheme.packedBytes(side));
        FakeQuantisation.Scales scales = FakeQuantisation.Scales.symmetric(operands.floats(side, 0.1, 0.5));
        FakeQuantisation.Outputs outputs = new FakeQuantisation.Outputs(null, null, packed, null);
        return operands.running(() -> operands.backend().fakeQuantisation().quantise(x, Channels.rows(side, side), scheme, scales, outputs),
                packed);
    }

    private static Contender counting(Operands operands, int n) {
        Buffer x = operands.floats(n, -1, 1);
        Buffer histogram = operands.copy(ElementType.U64, MemorySegment.ofArray(new long[Observers.BINS + 1]));
        return operands.running(() -> operands.backend().observers().count(x, n, histogram), () -> weighted(histogram));
    }

    /// Each count times the number of its bin.
    private static double weighted(Buffer histogram) {
        long[] counts = new long[Observers.BINS + 1];
        histogram.download(MemorySegment.ofArray(counts));
        double sum = 0;
        for (int bin = 0; bin < counts.length; bin++) {
            sum += (double) counts[bin] * bin;
        }
        return sum;
    }
}
