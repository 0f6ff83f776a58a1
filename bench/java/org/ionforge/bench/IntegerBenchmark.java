package org.ionforge.bench;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.QuantisationScheme;

/// Quantised spiking networks after training, for one image and for a batch.
final class IntegerBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        List<Workload> workloads = new ArrayList<>();
        for (QuantisationScheme scheme : List.of(QuantisationScheme.int8(), QuantisationScheme.int4(), QuantisationScheme.int2())) {
            for (int batch : size == Size.SMALL ? new int[] {2} : new int[] {1, 128}) {
                workloads.add(new IntegerPass(batch, scheme));
            }
        }
        return List.copyOf(workloads);
    }
}
