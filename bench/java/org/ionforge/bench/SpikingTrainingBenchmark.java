package org.ionforge.bench;

import java.util.List;
import org.ionforge.bench.SpikingStep.Net;

/// Whole training steps of spiking networks, fully connected and convolutional, in floats and quantisation-aware.
final class SpikingTrainingBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.TRAIN;
    }

    @Override
    public List<Workload> workloads(Size size) {
        boolean small = size == Size.SMALL;
        return List.of(new SpikingStep(Net.DENSE, small ? 2 : 25, false), new SpikingStep(Net.DENSE, small ? 2 : 25, true),
                new SpikingStep(Net.CONVOLUTIONAL, small ? 2 : 8, false));
    }
}
