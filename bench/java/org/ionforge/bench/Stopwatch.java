package org.ionforge.bench;

/// Measures what is too short for a clock around it: in a JVM of its own, in a loop that the compiler cannot shorten.
public interface Stopwatch {

    /// Durations of one run of ours at full size, averages over many.
    ///
    /// @param workload of [Benchmarks], which the other JVM finds there by operation and shape
    /// @return milliseconds
    double[] measure(Workload workload, String backend);
}
