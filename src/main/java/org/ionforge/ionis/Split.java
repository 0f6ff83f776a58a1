package org.ionforge.ionis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.ionforge.compute.Philox;
import org.ionforge.errors.InputException;

/// Which rows train and which judge. A row judges if its path is held out (seeded, both directions of a path together) or its
/// month is (the newest months); a training row shares neither a path nor a month with any judged so.
///
/// @param training   rows, ascending
/// @param validation rows, ascending
/// @param months     held out, year · 100 + month; empty if the data spans too little time to hold one out
/// @param pathShare  share of the paths that is held out
/// @param seed       of the choice of paths
record Split(int[] training, int[] validation, SortedSet<Integer> months, double pathShare, long seed) {

    /// How the newest months are chosen when no number is asked for: as few as hold this share of the rows …
    private static final double ENOUGH = 0.1;

    /// … unless they hold more than this one; then time holds nothing out.
    private static final double TOO_MUCH = 0.5;

    /// Philox stream of the choice of paths.
    private static final long STREAM = 0x70617468;

    /// Why a row judges: its path was never seen, its month was never seen, or neither was.
    enum Part {
        PATH("validation-path"), MONTH("validation-month"), BOTH("validation-both");

        private final String label;

        Part(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /// @param pathShare 0 to 0.9
    /// @param months    newest months to hold out, or −1 to choose
    /// @throws InputException if nothing would be left to train on or to judge by
    static Split of(TrainingData data, double pathShare, int months, long seed) {
        SortedSet<Integer> held = months(data.signatures().period(), months);
        Split rule = new Split(new int[0], new int[0], held, pathShare, seed);
        int[] validation = IntStream.range(0, data.rows()).filter(i -> rule.holdsPath(data, i) || rule.holdsMonth(data, i)).toArray();
        int[] training = IntStream.range(0, data.rows()).filter(i -> !rule.holdsPath(data, i) && !rule.holdsMonth(data, i)).toArray();
        if (training.length == 0 || validation.length == 0) {
            throw new InputException("of " + data.rows() + " signatures " + training.length + " would train and " + validation.length
                    + " would judge: refine more spots, or change --holdout-paths and --holdout-months");
        }
        return new Split(training, validation, held, pathShare, seed);
    }

    /// Why a validation row is one.
    Part part(TrainingData data, int row) {
        return !holdsMonth(data, row) ? Part.PATH : holdsPath(data, row) ? Part.BOTH : Part.MONTH;
    }

    boolean holdsPath(TrainingData data, int row) {
        return Philox.uniform(seed, data.path(row), STREAM) < pathShare;
    }

    boolean holdsMonth(TrainingData data, int row) {
        return months.contains(data.signatures().period()[row]);
    }

    private static SortedSet<Integer> months(int[] periods, int wanted) {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (int period : periods) {
            counts.merge(period, 1, Integer::sum);
        }
        if (wanted >= counts.size()) {
            throw new InputException("--holdout-months " + wanted + " leaves none of the " + counts.size() + " months for training");
        }
        List<Integer> newest = new ArrayList<>(counts.descendingKeySet());
        if (wanted >= 0) {
            return new TreeSet<>(newest.subList(0, wanted));
        }
        TreeSet<Integer> held = new TreeSet<>();
        long rows = 0;
        for (Map.Entry<Integer, Integer> month : counts.descendingMap().entrySet()) {
            if (rows >= ENOUGH * periods.length) {
                break;
            }
            held.add(month.getKey());
            rows += month.getValue();
        }
        return rows > TOO_MUCH * periods.length ? new TreeSet<>() : held;
    }
}
