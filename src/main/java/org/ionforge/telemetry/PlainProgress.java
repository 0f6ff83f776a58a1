package org.ionforge.telemetry;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;

/// Progress as plain lines, for logs: one every few seconds while work advances and one at the end of each stage.
final class PlainProgress implements Progress {

    private static final long INTERVAL_NANOS = 5_000_000_000L;

    private final PrintStream out;
    private final AtomicLong nextLine = new AtomicLong();
    private volatile StageFigures figures;

    PlainProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    public void begin(String stage, long total, String unit) {
        close();
        nextLine.set(System.nanoTime() + INTERVAL_NANOS);
        figures = new StageFigures(stage, total, unit);
    }

    @Override
    public void advance(long amount) {
        StageFigures current = figures;
        if (current != null) {
            current.advance(amount);
            long due = nextLine.get();
            long now = System.nanoTime();
            if (now - due >= 0 && nextLine.compareAndSet(due, now + INTERVAL_NANOS)) {
                out.println(current.line());
            }
        }
    }

    @Override
    public void count(String unit, long amount) {
        StageFigures current = figures;
        if (current != null) {
            current.count(unit, amount);
        }
    }

    @Override
    public void value(String name, double value) {
        StageFigures current = figures;
        if (current != null) {
            current.value(name, value);
        }
    }

    @Override
    public void note(String line) {
        out.println(line);
    }

    @Override
    public void close() {
        StageFigures current = figures;
        figures = null;
        if (current != null) {
            out.println(current.line());
        }
    }
}
