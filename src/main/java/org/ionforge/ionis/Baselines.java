package org.ionforge.ionis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What anyone could say without a network, learnt from the training rows alone: the mean of the band, and the climatology of
/// the row's bucket. A model that is not better than these has learnt nothing.
final class Baselines {

    /// A bucket with fewer training rows passes the question to the next coarser one.
    static final int ENOUGH = 3;

    /// Edges of the distance classes, km.
    private static final float[] DISTANCES = {1000, 2000, 4000, 8000, 12_000};

    private final TrainingData data;
    /// Buckets from the finest to the coarsest: band, hour, month, distance; band, hour, distance; band, hour; band; all.
    private final List<Map<Integer, double[]>> levels = new ArrayList<>();

    private static final int BAND_LEVEL = 3;
    private static final int LEVELS = 5;

    Baselines(TrainingData data, int[] training) {
        this.data = data;
        for (int level = 0; level < LEVELS; level++) {
            Map<Integer, double[]> buckets = new HashMap<>();
            for (int row : training) {
                double[] sum = buckets.computeIfAbsent(bucket(level, row), k -> new double[2]);
                sum[0] += data.target(row);
                sum[1]++;
            }
            levels.add(buckets);
        }
    }

    /// Mean of the training rows of the row's band, σ; of all, where the band has none.
    double bandMean(int row) {
        return mean(row, BAND_LEVEL, 1);
    }

    /// Mean of the training rows in the finest bucket that has [#ENOUGH] of them, σ.
    double climatology(int row) {
        return mean(row, 0, ENOUGH);
    }

    private double mean(int row, int finest, int enough) {
        for (int level = finest; level < LEVELS; level++) {
            double[] sum = levels.get(level).get(bucket(level, row));
            if (sum != null && sum[1] >= enough || level == LEVELS - 1) {
                return sum[0] / sum[1];
            }
        }
        throw new IllegalStateException("the last level answers");
    }

    private int bucket(int level, int row) {
        Signatures signatures = data.signatures();
        int band = signatures.band()[row];
        int hour = signatures.hour()[row];
        return switch (level) {
            case 0 -> ((band * 24 + hour) * 13 + signatures.month(row)) * 8 + distance(row);
            case 1 -> (band * 24 + hour) * 8 + distance(row);
            case 2 -> band * 24 + hour;
            case BAND_LEVEL -> band;
            default -> 0;
        };
    }

    private int distance(int row) {
        int above = 0;
        for (float edge : DISTANCES) {
            above += data.signatures().distanceKm()[row] >= edge ? 1 : 0;
        }
        return above;
    }
}
