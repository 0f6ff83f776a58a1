package org.ionforge.bench;

import java.util.List;

/// Calls with next to no work: what it costs to reach an operation. A call on the cpu backend takes a microsecond or less, so JMH
/// measures it.
final class CallBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        return List.of(PointwiseBenchmark.decode(1), PointwiseBenchmark.measure(1), PointwiseBenchmark.elevation(1), PointwiseBenchmark.embed(1),
                PointwiseBenchmark.uniform(1), PointwiseBenchmark.weighted(1), ReductionBenchmark.moments(1), ReductionBenchmark.products(1),
                GatedMlpBenchmark.forward(1));
    }
}
