package org.ionforge.telemetry.energy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.telemetry.energy.EnergyCounter.NotMeasured;

/// Reads the machine's counters of energy from [#start] to [#stop], and now and then between, so that none of them comes round unseen.
/// A counter that cannot be read, at the start or later, is not measured, and says why.
public final class EnergyMeter implements AutoCloseable {

    /// A package of 1,000 W comes round after four minutes.
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final class Source {
        private final String name;
        private EnergyCounter counter;
        private double zero;
        private double joules;
        private String note;

        Source(String name, Opening opening) {
            this.name = name;
            try {
                counter = opening.open();
                note = counter.counted();
            } catch (NotMeasured e) {
                fail(e);
            }
        }

        /// Once all sources are open, which itself takes energy.
        void begin() {
            read();
            zero = joules;
        }

        void read() {
            if (counter != null) {
                try {
                    joules = counter.joules() - zero;
                } catch (NotMeasured e) {
                    close();
                    fail(e);
                }
            }
        }

        private void fail(NotMeasured why) {
            note = "not measured: " + why.getMessage();
        }

        void close() {
            if (counter != null) {
                counter.close();
                counter = null;
            }
        }
    }

    private interface Opening {
        EnergyCounter open() throws NotMeasured;
    }

    private final List<Source> sources = new ArrayList<>();
    private final Thread between;
    private final long begun;
    private boolean stopped;

    private EnergyMeter(Path powercap) {
        sources.add(new Source("RAPL", () -> RaplCounter.open(powercap)));
        sources.add(new Source("NVML", NvmlCounter::open));
        sources.forEach(Source::begin);
        begun = System.nanoTime();
        between = Thread.ofPlatform().daemon().name("energy").unstarted(this::watch);
        between.start();
    }

    /// Begins to measure.
    public static EnergyMeter start() {
        return new EnergyMeter(RaplCounter.USUAL);
    }

    /// @param powercap in place of the system's `/sys/class/powercap`
    static EnergyMeter start(Path powercap) {
        return new EnergyMeter(powercap);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                read();
            }
        } catch (InterruptedException e) {
            // Stopped.
        }
    }

    private synchronized void read() {
        if (!stopped) {
            sources.forEach(Source::read);
        }
    }

    /// Ends the stretch. Called once.
    ///
    /// @return a reading of each source
    public synchronized List<EnergyReading> stop() {
        read();
        double seconds = (System.nanoTime() - begun) * 1e-9;
        List<EnergyReading> readings = sources.stream().map(source -> new EnergyReading(source.name, source.counter == null ? null : source.joules, seconds,
                source.note)).toList();
        close();
        return readings;
    }

    @Override
    public synchronized void close() {
        stopped = true;
        between.interrupt();
        sources.forEach(Source::close);
    }
}
