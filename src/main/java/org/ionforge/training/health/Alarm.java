package org.ionforge.training.health;

/// One measurement's alarm with hysteresis: raised beyond the outer limits, silent again within the inner ones.
final class Alarm {

    enum State { QUIET, LOW, HIGH }

    private final double low;
    private final double lowEnds;
    private final double highEnds;
    private final double high;
    private State state = State.QUIET;
    private boolean outside;

    /// @param low      below it the alarm is LOW …
    /// @param lowEnds  … until a value is at least this
    /// @param highEnds until a value is at most this …
    /// @param high     … the alarm is HIGH after one above this
    Alarm(double low, double lowEnds, double highEnds, double high) {
        this.low = low;
        this.lowEnds = lowEnds;
        this.highEnds = highEnds;
        this.high = high;
    }

    /// An alarm of large values only, over at half the limit.
    static Alarm above(double limit) {
        return new Alarm(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, limit / 2, limit);
    }

    /// @return whether the alarm was silent before, or on the other side, and is raised now
    boolean update(double value) {
        State before = state;
        outside = value < low || value > high;
        if (value < low) {
            state = State.LOW;
        } else if (value > high) {
            state = State.HIGH;
        } else if (state == State.LOW && value >= lowEnds || state == State.HIGH && value <= highEnds) {
            state = State.QUIET;
        }
        return state != State.QUIET && state != before;
    }

    State state() {
        return state;
    }

    /// Whether the last value was beyond an outer limit, and not only on its way back.
    boolean outside() {
        return outside;
    }
}
