package org.ionforge.bench;

import java.util.List;

/// Whole training steps of a spiking network, in floats and quantisation-aware.
final class SpikingTrainingBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.TRAIN;
    }

    @Override
    public List<Workload> workloads(Size size) {
        int steps = size == Size.SMALL ? 2 : 25;
        return List.of(new SpikingStep(steps, false), new SpikingStep(steps, true));
    }
}
