package org.ionforge.bench;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.RandomFill;

/// Optimisers, gradient clipping, and random numbers by place.
final class OptimizerBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        int n = size == Size.SMALL ? 1000 : 1 << 24;
        List<Workload> workloads = new ArrayList<>(List.of(uniform(n), normal(n), bernoulli(n)));
        for (OptimizerStep.Kind kind : OptimizerStep.Kind.values()) {
            workloads.add(new OptimizerStep(kind, n));
        }
        return workloads;
    }

    private static Workload uniform(int n) {
        return Workload.of("randomFill.uniform", PointwiseBenchmark.rows(n), Cost.bytes(4L * n).fma(24L * n), operands -> {
            Buffer values = operands.allocate(ElementType.F32, n);
            return operands.running(() -> fill(operands).uniform(new RandomFill.Places(1, 2, 0), 0, 1, values, n), values);
        });
    }

    private static Workload normal(int n) {
        return Workload.of("randomFill.normal", PointwiseBenchmark.rows(n), Cost.bytes(4L * n).fma(50L * n), operands -> {
            Buffer values = operands.allocate(ElementType.F32, n);
            return operands.running(() -> fill(operands).normal(new RandomFill.Places(1, 2, 0), 0, 1, values, n), values);
        });
    }

    private static Workload bernoulli(int n) {
        return Workload.of("randomFill.bernoulli", PointwiseBenchmark.rows(n), Cost.bytes(4L * n + n / 8).fma(23L * n), operands -> {
            Buffer probability = operands.floats(n, 0, 1);
            Buffer bits = operands.allocate(ElementType.U32, (n + 31) / 32);
            return operands.running(() -> fill(operands).bernoulli(new RandomFill.Places(1, 2, 0), probability, bits, n), bits);
        });
    }

    private static RandomFill fill(Operands operands) {
        return operands.backend().randomFill();
    }
}
