package org.ionforge.bench;

import java.util.List;

/// Everything that `./ionforge bench` measures: a line a family, in the order of the output.
final class Benchmarks {

    static final List<Benchmark> ALL = List.of(
            new BufferBenchmark(),
            new PointwiseBenchmark(),
            new ReductionBenchmark(),
            new GroupingBenchmark(),
            new GatedMlpBenchmark(),
            new QuantizedGemmBenchmark(),
            new QuantisationBenchmark(),
            new OptimizerBenchmark(),
            new SpikingBenchmark(),
            new LayerBenchmark(),
            new IntegerBenchmark(),
            new CallBenchmark(),
            new TrainingBenchmark(List.of(4_096, 65_536)),
            new SpikingTrainingBenchmark(),
            RefineBenchmark.USUAL
    );

    private Benchmarks() {
    }
}
