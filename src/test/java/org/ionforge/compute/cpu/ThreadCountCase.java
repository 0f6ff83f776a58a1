package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What tests of the cpu backend share that set its number of threads: a backend of their own, and the number set back.
abstract class ThreadCountCase {

    CpuBackend backend;
    private int threads;

    @BeforeEach
    void open() {
        assumeTrue(ionforge_cpu_h.isAvailable(), ionforge_cpu_h.LIBRARY + " was not built");
        backend = new CpuBackend();
        threads = ionforge_cpu_h.ionforge_cpu_threads();
    }

    @AfterEach
    void restore() {
        if (backend != null) {
            ionforge_cpu_h.ionforge_cpu_set_threads(threads);
            assertEquals(0, backend.liveBuffers());
            backend.close();
        }
    }
}
