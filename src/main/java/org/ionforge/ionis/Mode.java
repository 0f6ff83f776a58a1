package org.ionforge.ionis;

import java.util.List;
import java.util.stream.Stream;

/// A way of transmitting, and the weakest signal it gets through: SNR in dB in 2500 Hz, the set of thresholds by which the
/// reference system scores its models. The network predicts for a WSPR station of 200 mW into 0 dBi at both ends; no other power or
/// antenna is added here.
public enum Mode {
    WSPR(-28), FT8(-20), CW(-10), RTTY(-5), SSB(5);

    private final double threshold;

    Mode(double threshold) {
        this.threshold = threshold;
    }

    /// dB in 2500 Hz.
    public double threshold() {
        return threshold;
    }

    /// Whether a mode gets through.
    ///
    /// @param margin dB above the threshold
    public record Verdict(Mode mode, double threshold, double margin, boolean open) {
    }

    /// The verdict of every mode on an SNR in dB.
    public static List<Verdict> verdicts(double db) {
        return Stream.of(values()).map(m -> new Verdict(m, m.threshold, db - m.threshold, db >= m.threshold)).toList();
    }
}
