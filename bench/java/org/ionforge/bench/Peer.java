package org.ionforge.bench;

import java.util.Optional;

/// A library that does some of our operations too. It lies in the `peers` package, which alone sees it: without the library on the
/// class path the benchmarks run without that column.
public interface Peer {

    /// As the results name it: `libtorch`.
    String name();

    /// The backend that it competes with, since it runs on the same device.
    String backend();

    /// Threads it may use.
    void setThreads(int threads);

    /// The same work on the same data, if this library does it. A pattern switch over the workloads it knows.
    Optional<Contender> contender(Workload workload);
}
