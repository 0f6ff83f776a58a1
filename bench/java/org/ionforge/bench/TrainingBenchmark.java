package org.ionforge.bench;

import java.util.List;

/// Whole training steps on rows of the simulator.
///
/// @param batches rows of a step
public record TrainingBenchmark(List<Integer> batches) implements Benchmark {

    private static final int ROWS = 10_000_000;
    private static final int FEW_ROWS = 5_000;

    @Override
    public Suite suite() {
        return Suite.TRAIN;
    }

    @Override
    public List<Workload> workloads(Size size) {
        if (size == Size.SMALL) {
            return List.of(new IonisGateStep(100, new TrainingData(FEW_ROWS)));
        }
        TrainingData data = new TrainingData(ROWS);
        return batches.stream().<Workload>map(batch -> new IonisGateStep(batch, data)).toList();
    }
}
