package org.ionforge.bench;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.ElementType;

/// Spiking layers: a network of two on a constant input, and neurons alone, which memory bounds.
final class SpikingBenchmark implements Benchmark {

    private static final int[] NEURONS = {1, 1 << 20};
    private static final int[] SAMPLES = {256, 4096};

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        boolean small = size == Size.SMALL;
        List<Workload> workloads = new ArrayList<>();
        // The longest first: it has to find the memory that it takes untouched by the others.
        for (int steps : small ? new int[] {2} : new int[] {100, 25}) {
            workloads.add(new SpikingPass(steps, true, false));
            workloads.add(new SpikingPass(steps, false, false));
            workloads.add(new SpikingPass(steps, true, true));
            workloads.add(new SpikingPass(steps, false, true));
        }
        int steps = small ? 8 : 32;
        for (int[] cells : small ? new int[][] {{2, 33}} : new int[][] {NEURONS, SAMPLES}) {
            for (LifPass.Way way : LifPass.Way.values()) {
                workloads.add(new LifPass(steps, cells[0], cells[1], way, ElementType.F32));
            }
        }
        workloads.add(new LifPass(steps, 2, small ? 33 : 1 << 19, LifPass.Way.BOTH, ElementType.BF16));
        return List.copyOf(workloads);
    }
}
