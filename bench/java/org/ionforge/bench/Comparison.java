package org.ionforge.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.ionforge.compute.Backend;

/// Measures a workload on a backend, beside a peer if there is one: both in turn, so that a drift of the machine meets both. What
/// takes less than a millisecond is repeated within a sample. Each side's first run is for its sum and its memory, not for the clock.
final class Comparison {

    private static final int WARMUPS = 2;
    private static final int LEAST_RUNS = 5;
    /// Least duration of a sample.
    private static final double SAMPLE_MS = 1;
    /// A shorter run is the stopwatch's, if there is one.
    private static final double SHORT_MS = 0.01;
    /// After so long a workload gets no more runs than it must have.
    private static final double PATIENCE_MS = 20_000;
    /// Lets a side's threads, some of which spin for a while after their work, come to rest.
    private static final long PAUSE_MS = 50;
    /// Work without the clock after a pause, until caches are warm, the processor's clock is up and threads that were woken on one
    /// processor have found one each (some 20 ms for OpenMP's in a virtual machine).
    private static final double WAKE_MS = 30;
    /// A run that takes this long does not notice how it began.
    private static final double LONG_MS = 100 * WAKE_MS;

    private final Benchmark.Suite suite;
    private final Benchmark.Size size;
    private final int runs;
    private final Optional<Stopwatch> stopwatch;

    /// @param size      small shapes get no warm-ups and no rest: nobody reads their times
    /// @param runs      timed runs of each side, fewer where one takes long, but never under five
    /// @param stopwatch for what takes less than [#SHORT_MS] and has no peer
    Comparison(Benchmark.Suite suite, Benchmark.Size size, int runs, Optional<Stopwatch> stopwatch) {
        this.suite = suite;
        this.size = size;
        this.runs = runs;
        this.stopwatch = stopwatch.filter(_ -> size == Benchmark.Size.FULL);
    }

    Result measure(Workload workload, Backend backend) {
        try (Contender ours = workload.on(backend)) {
            Clocked us = new Clocked(backend.name(), ours, backend::synchronize);
            us.start(warmups(), 0);
            for (int i = 0; i < runs && us.wants(i); i++) {
                us.sample();
            }
            Result.Side side = us.side();
            if (stopwatch.isPresent() && side.samples().median() < SHORT_MS) {
                side = side.with(new Samples(stopwatch.get().measure(workload, backend.name())));
            }
            return Result.of(suite, workload, side, Optional.empty());
        }
    }

    /// @param theirs stays open
    Result measure(Workload workload, Backend backend, Peer peer, Contender theirs) {
        try (Contender ours = workload.on(backend)) {
            Clocked us = new Clocked(backend.name(), ours, backend::synchronize);
            long pause = size == Benchmark.Size.FULL ? PAUSE_MS : 0;
            Clocked them = new Clocked(peer.name(), theirs, theirs::finish);
            us.start(warmups(), pause);
            them.start(warmups(), pause);
            for (int i = 0; i < runs && us.wants(i) && them.wants(i); i++) {
                us.sample();
                them.sample();
            }
            return Result.of(suite, workload, us.side(), Optional.of(them.side()));
        }
    }

    private int warmups() {
        return size == Benchmark.Size.FULL ? WARMUPS : 0;
    }

    /// One side under the clock.
    private static final class Clocked {
        private final String name;
        private final Contender contender;
        private final Runnable finish;
        private double[] ms = new double[0];
        private long pause;
        private int repeats = 1;
        private double last;
        private double spent;
        private double sum;
        private long memory;

        Clocked(String name, Contender contender, Runnable finish) {
            this.name = name;
            this.contender = contender;
            this.finish = finish;
        }

        /// The first run, the warm-ups, and how often a sample repeats.
        void start(int warmups, long pauseMs) {
            pause = pauseMs;
            contender.prepare();
            memory = growth(() -> run(1));
            sum = contender.sum();
            for (int i = 0; i < warmups && spent < PATIENCE_MS; i++) {
                contender.prepare();
                last = Samples.time(() -> run(1));
                spent += last;
            }
            for (repeats = 1; warmups > 0 && last < SAMPLE_MS; last = Samples.time(() -> run(repeats))) {
                repeats *= 2;
            }
            spent = 0;
        }

        boolean wants(int done) {
            return done < LEAST_RUNS || spent < PATIENCE_MS;
        }

        void sample() {
            rest();
            contender.prepare();
            double time = Samples.time(() -> run(repeats));
            spent += time;
            ms = Arrays.copyOf(ms, ms.length + 1);
            ms[ms.length - 1] = time / repeats;
        }

        Result.Side side() {
            return new Result.Side(name, new Samples(ms), sum, memory, contender.figures());
        }

        private void run(int times) {
            for (int i = 0; i < times; i++) {
                contender.run();
            }
            finish.run();
        }

        private void rest() {
            if (pause > 0) {
                try {
                    Thread.sleep(pause);
                    for (double awake = 0; last < LONG_MS && awake < WAKE_MS; awake += Samples.time(() -> run(1))) {
                        contender.prepare();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted between two samples", e);
                }
            }
        }
    }

    /// Growth of the resident set's peak over `work`, in bytes: what it needs beyond what was there, less what earlier work has left
    /// behind for it to use. 0 where the kernel does not count.
    private static long growth(Runnable work) {
        Path clear = Path.of("/proc/self/clear_refs");
        if (!Files.isWritable(clear)) {
            work.run();
            return 0;
        }
        try {
            Files.writeString(clear, "5");
            long before = status("VmRSS");
            work.run();
            return Math.max(0, status("VmHWM") - before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long status(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith(field + ":")).findFirst()
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).orElse(0L);
    }
}
