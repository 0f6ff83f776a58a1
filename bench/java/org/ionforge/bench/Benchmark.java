package org.ionforge.bench;

import java.util.List;

/// A family of things that are measured together; [Benchmarks] lists them all.
public interface Benchmark {

    /// What `--suite` chooses.
    enum Suite {
        /// Single operations of the engine.
        KERNELS,
        /// Whole training steps.
        TRAIN,
        /// The refinery's whole job.
        REFINE
    }

    /// How large the shapes are.
    enum Size {
        /// Milliseconds each: a check that everything runs and agrees with its peer. Also what the slow rooms (reference, emulator) get.
        SMALL,
        /// What figures are made of.
        FULL
    }

    Suite suite();

    /// Every operation of the family at every shape. A workload is light: its data is made when [Workload#on] is called.
    List<Workload> workloads(Size size);
}
