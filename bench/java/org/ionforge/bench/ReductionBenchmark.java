package org.ionforge.bench;

import java.util.Arrays;
import java.util.List;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Reductions;

/// Sums in a fixed order.
final class ReductionBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        int n = size == Size.SMALL ? 10_000 : 1 << 24;
        return List.of(moments(n), products(n));
    }

    static Workload moments(int n) {
        return Workload.of("reductions.moments", PointwiseBenchmark.rows(n), Cost.bytes(4L * n).fma(5L * n), operands -> moments(operands, n));
    }

    static Workload products(int n) {
        return Workload.of("reductions.products", PointwiseBenchmark.rows(n), Cost.bytes(8L * n).fma(8L * n), operands -> products(operands, n));
    }

    private static Contender moments(Operands operands, int n) {
        Buffer x = operands.floats(n, 0, 1);
        Reductions.Moments[] last = new Reductions.Moments[1];
        return operands.running(() -> last[0] = operands.backend().reductions().moments(x, n), () -> last[0].sum() + last[0].sumOfSquares());
    }

    private static Contender products(Operands operands, int n) {
        Buffer x = operands.floats(n, 0, 1);
        Buffer y = operands.floats(n, 0, 1);
        double[][] last = new double[1][];
        return operands.running(() -> last[0] = operands.backend().reductions().products(x, y, n), () -> Arrays.stream(last[0]).sum());
    }
}
