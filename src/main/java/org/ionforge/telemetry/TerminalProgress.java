package org.ionforge.telemetry;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Progress as a bar on a terminal, one a stage: amount, rate, time left, and what [StageFigures#extras] says.
final class TerminalProgress implements Progress {

    private static final int REFRESH_MILLIS = 200;
    private static final int WIDTH = 110;
    private static final String ERASE_LINE = "\r\u001B[K";

    private final PrintStream out;
    private final boolean colour;
    private final AtomicLong nextExtras = new AtomicLong();
    private volatile Stage stage;

    private record Stage(StageFigures figures, ProgressBar bar) {
    }

    TerminalProgress(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    @Override
    public void begin(String name, long total, String unit) {
        close();
        boolean bytes = unit.equals("bytes");
        ProgressBar bar = new ProgressBarBuilder().setTaskName(name).setInitialMax(total)
                .setUnit(bytes ? " MB" : " " + unit, bytes ? 1_000_000 : 1).showSpeed()
                .setStyle(colour ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(REFRESH_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH)).build();
        stage = new Stage(new StageFigures(name, total, unit), bar);
    }

    @Override
    public void advance(long amount) {
        Stage current = stage;
        if (current != null) {
            current.figures.advance(amount);
            current.bar.stepBy(amount);
            long due = nextExtras.get();
            long now = System.nanoTime();
            if (now - due >= 0 && nextExtras.compareAndSet(due, now + REFRESH_MILLIS * 1_000_000L)) {
                current.bar.setExtraMessage(" " + current.figures.extras());
            }
        }
    }

    @Override
    public void count(String unit, long amount) {
        Stage current = stage;
        if (current != null) {
            current.figures.count(unit, amount);
        }
    }

    @Override
    public void value(String name, double value) {
        Stage current = stage;
        if (current != null) {
            current.figures.value(name, value);
        }
    }

    @Override
    public void note(String line) {
        Stage current = stage;
        if (current != null) {
            current.bar.pause();
            out.print(ERASE_LINE);
        }
        out.println(line);
        if (current != null) {
            current.bar.resume();
        }
    }

    @Override
    public void close() {
        Stage current = stage;
        stage = null;
        if (current != null) {
            current.bar.setExtraMessage(" " + current.figures.extras());
            current.bar.close();
        }
    }
}
