package org.ionforge.bench;

import java.util.Locale;

/// Results as lines of text, for a terminal.
final class ResultLines {

    private static final String FORMAT = "%-9s %-34s %-30s %11s %11s %11s %9s %9s %11s %7s %-12s %11s %7s %14s %14s %8s %8s";

    static final String HEADER = String.format(FORMAT, "backend", "operation", "shape", "median ms", "p10", "p90", "MB", "Mop", "of ceiling",
            "beside", "peer", "median ms", "ratio", "sum", "peer's sum", "MiB", "peer MiB");

    private ResultLines() {
    }

    static String of(Result result) {
        String line = String.format(FORMAT, result.backend(), result.operation(), result.shape(), milliseconds(result.medianMs()),
                milliseconds(result.p10Ms()), milliseconds(result.p90Ms()), millions(result.bytes()), millions(result.operations()),
                result.shareOfCeiling() == null ? "" : number("%.3f", result.shareOfCeiling()) + " " + result.ceiling(), number("%.3f", result.shareBeside()),
                result.peer() == null ? "" : result.peer(), milliseconds(result.peerMedianMs()), number("%.2f", result.ratio()),
                number("%.7g", result.sum()), number("%.7g", result.peerSum()), mebibytes(result.memoryBytes()),
                mebibytes(result.peerMemoryBytes())).stripTrailing();
        if (result.figures() == null) {
            return line;
        }
        StringBuilder text = new StringBuilder(line);
        result.figures().forEach((name, value) -> text.append(String.format(Locale.ROOT, "%n          %s %,.3f", name, value)));
        return text.toString();
    }

    /// Four digits, however short it was.
    private static String milliseconds(Double value) {
        return value == null ? "" : value >= 0.01 ? number("%.4f", value) : number("%.3e", value);
    }

    private static String millions(Long count) {
        return count == null ? "" : number("%.2f", count / 1e6);
    }

    private static String mebibytes(Long bytes) {
        return bytes == null ? "" : number("%.0f", bytes / 0x1p20);
    }

    private static String number(String format, Double value) {
        return value == null ? "" : String.format(Locale.ROOT, format, value);
    }
}
