package org.ionforge.training;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What ran: a phase that has ended.
///
/// @param bits    of the weights, as a plan names them: `32`, `8`, `4`, `2`, `ternary`
/// @param detail  in a few words: which numbers were quantised, which layers were frozen
/// @param epochs  of training in it, 0 if none
/// @param seconds wall time
/// @param figures what was measured at its end, by name
public record PhaseRecord(Phase phase, String bits, String detail, int epochs, double seconds, Map<String, Double> figures) {

    public PhaseRecord {
        figures = Collections.unmodifiableMap(new TreeMap<>(figures));
    }
}
