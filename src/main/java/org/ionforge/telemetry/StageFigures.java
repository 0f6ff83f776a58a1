package org.ionforge.telemetry;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// What is known of the stage that runs: how much is done, how fast, the newest values. Thread-safe.
final class StageFigures {

    private static final double MEGA = 1e6;

    final String stage;
    final long total;
    final String unit;
    private final long start = System.nanoTime();
    private final LongAdder done = new LongAdder();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Map<String, Double> values = new ConcurrentSkipListMap<>();

    /// @param total −1 if unknown
    StageFigures(String stage, long total, String unit) {
        this.stage = stage;
        this.total = total;
        this.unit = unit;
    }

    void advance(long amount) {
        done.add(amount);
    }

    void count(String countedUnit, long amount) {
        counts.computeIfAbsent(countedUnit, u -> new LongAdder()).add(amount);
    }

    void value(String name, double value) {
        values.put(name, value);
    }

    long done() {
        return done.sum();
    }

    double seconds() {
        return (System.nanoTime() - start) * 1e-9;
    }

    /// The rates and values beside the main one: `96.2 MB/s · loss 0.4213`.
    String extras() {
        StringBuilder text = new StringBuilder();
        counts.forEach((countedUnit, count) -> separated(text).append(rate(count.sum() / seconds(), countedUnit)));
        values.forEach((name, value) -> separated(text).append(name).append(' ').append(figure(value)));
        return text.toString();
    }

    /// One line: `refining: 1,200,000 of 2,000,000 rows (60%), 1.10 M rows/s, 96.2 MB/s, 0:12 left`.
    String line() {
        long finished = done();
        double seconds = seconds();
        StringBuilder text = new StringBuilder(stage).append(": ").append(String.format(Locale.ROOT, "%,d", finished));
        if (total > 0) {
            text.append(String.format(Locale.ROOT, " of %,d %s (%d%%)", total, unit, 100 * Math.min(finished, total) / total));
        } else {
            text.append(' ').append(unit);
        }
        text.append(", ").append(rate(finished / seconds, unit));
        String extras = extras();
        if (!extras.isEmpty()) {
            text.append(", ").append(extras.replace(" · ", ", "));
        }
        if (finished >= total) {
            text.append(", took ").append(time(seconds));
        } else if (finished > 0) {
            text.append(", ").append(time(seconds * (total - finished) / finished)).append(" left");
        }
        return text.toString();
    }

    static String rate(double perSecond, String unit) {
        if (unit.equals("bytes")) {
            return String.format(Locale.ROOT, "%.1f MB/s", perSecond / MEGA);
        }
        return perSecond >= MEGA ? String.format(Locale.ROOT, "%.2f M %s/s", perSecond / MEGA, unit)
                : String.format(Locale.ROOT, perSecond >= 100 ? "%,.0f %s/s" : "%.1f %s/s", perSecond, unit);
    }

    static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600 ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    private static StringBuilder separated(StringBuilder text) {
        return text.isEmpty() ? text : text.append(" · ");
    }

    private static String figure(double value) {
        double size = Math.abs(value);
        return value == Math.rint(value) && size < 1e9 ? Long.toString((long) value)
                : String.format(Locale.ROOT, size >= 1e-3 && size < 1e5 ? "%.4f" : "%.3e", value);
    }
}
