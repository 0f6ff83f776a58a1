package org.ionforge.bench.peers;

import java.util.concurrent.TimeUnit;
import org.ionforge.bench.Bench;
import org.ionforge.bench.Contender;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// One run of one of our workloads, as JMH measures it. Not final: JMH extends it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ShortRun {

    @Param("")
    public String operation;
    @Param("")
    public String shape;
    @Param("")
    public String backend;

    private Backend room;
    private Contender contender;

    @Setup
    public void open() {
        room = Backends.named(backend);
        contender = Bench.workload(operation, shape).on(room);
    }

    @Benchmark
    public void run() {
        contender.run();
    }

    @TearDown
    public void close() {
        contender.close();
        room.close();
    }
}
