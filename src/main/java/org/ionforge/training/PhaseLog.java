package org.ionforge.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The phases of a run as a state machine: where it is, and a record of what ran. A phase that may not follow is refused.
public final class PhaseLog {

    private final List<PhaseRecord> records;
    private Phase current;
    private String bits;
    private String detail;
    private double seconds;
    private long since;

    /// A run at its start.
    public PhaseLog() {
        records = new ArrayList<>();
    }

    /// A run that goes on.
    ///
    /// @param records of the phases that have ended
    public PhaseLog(List<PhaseRecord> records) {
        this.records = new ArrayList<>(records);
    }

    /// Enters a phase.
    ///
    /// @param spent seconds that the phase has run before, in a run that goes on; else 0
    /// @throws IllegalStateException if the one before has not ended, or this may not follow it
    public void enter(Phase phase, String ofBits, String inDetail, double spent) {
        if (current != null) {
            throw new IllegalStateException(phase + " cannot begin before " + current + " has ended");
        }
        boolean follows = records.isEmpty() ? phase == Phase.WARM_UP : records.getLast().phase().next().contains(phase);
        if (!follows) {
            throw new IllegalStateException(phase + " cannot follow " + (records.isEmpty() ? "nothing: a run begins with " + Phase.WARM_UP
                    : records.getLast().phase() + ", only " + records.getLast().phase().next() + " can"));
        }
        current = phase;
        bits = ofBits;
        detail = inDetail;
        seconds = spent;
        since = System.nanoTime();
    }

    /// Seconds of the phase so far, 0 between phases.
    public double spent() {
        return current == null ? 0 : seconds + (System.nanoTime() - since) * 1e-9;
    }

    /// Ends the phase.
    ///
    /// @return its record
    /// @throws IllegalStateException if none runs
    public PhaseRecord leave(int epochs, Map<String, Double> figures) {
        if (current == null) {
            throw new IllegalStateException("no phase runs");
        }
        PhaseRecord record = new PhaseRecord(current, bits, detail, epochs, spent(), figures);
        records.add(record);
        current = null;
        return record;
    }

    /// Of the phases that have ended, in order.
    public List<PhaseRecord> records() {
        return List.copyOf(records);
    }
}
