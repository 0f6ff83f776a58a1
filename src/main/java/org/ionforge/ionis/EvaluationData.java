package org.ionforge.ionis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// What a report draws, in `evaluation.json`: single predictions, residuals in classes, response curves.
///
/// @param schema    `ionforge evaluation 1`
/// @param sample    validation rows, evenly spread over all
/// @param byBand    residuals by band
/// @param byHour    residuals by hour UTC, 0 to 23
/// @param byDistance residuals by distance
/// @param sfi       abscissa of the curves' `sfiDb`, sfu, at Kp 2
/// @param kp        abscissa of the curves' `kpDb`, at 150 sfu
/// @param curves    mean SNR by band and latitude of the middle of the path
record EvaluationData(String schema, Sample sample, List<Residual> byBand, List<Residual> byHour, List<Residual> byDistance,
                      List<Double> sfi, List<Double> kp, List<Physics.Effect> curves) {

    static final String SCHEMA = "ionforge evaluation 1";

    private static final int SAMPLE = 5000;
    private static final int DISTANCE_STEP_KM = 2000;

    /// Columns of equal length.
    ///
    /// @param part        why the row judges: `validation-path`, `validation-month`, `validation-both`
    /// @param latitude    of the middle of the path, degrees
    /// @param measuredDb  median SNR of the signature
    /// @param predictedDb by the model
    record Sample(List<String> part, List<String> band, int[] hour, int[] month, float[] distanceKm, float[] latitude, float[] sfi,
                  float[] kp, double[] measuredDb, double[] predictedDb) {
    }

    /// Residuals (predicted − measured) of a class of validation rows.
    ///
    /// @param label  `20m`, `14`, `2000–4000 km`
    /// @param meanDb NaN if n is 0
    record Residual(String label, int n, double meanDb, double stdDb, double rmseDb) {
    }

    static EvaluationData of(TrainingData data, Split split, float[] sigma, Physics physics) {
        int n = sigma.length;
        double[] measured = new double[n];
        double[] predicted = new double[n];
        for (int i = 0; i < n; i++) {
            int row = split.validation()[i];
            Normalisation.Scale scale = data.variant().normalisation().of(data.signatures().band()[row]);
            measured[i] = data.signatures().medianSnr()[row];
            predicted[i] = scale.toDb(sigma[i]);
        }
        Signatures signatures = data.signatures();
        int[] rows = split.validation();
        List<Band> bands = data.variant().bands();
        return new EvaluationData(SCHEMA, sample(data, split, measured, predicted),
                residuals(bands.stream().map(Band::name).toList(), i -> bands.indexOf(data.variant().band(signatures.band()[rows[i]])), measured, predicted),
                residuals(IntStream.range(0, 24).mapToObj(Integer::toString).toList(), i -> signatures.hour()[rows[i]], measured, predicted),
                residuals(IntStream.range(0, 10).mapToObj(k -> k * DISTANCE_STEP_KM + "–" + (k + 1) * DISTANCE_STEP_KM + " km").toList(),
                        i -> Math.min(9, (int) (signatures.distanceKm()[rows[i]] / DISTANCE_STEP_KM)), measured, predicted),
                Physics.SFI, Physics.KP, physics.effects());
    }

    private static Sample sample(TrainingData data, Split split, double[] measured, double[] predicted) {
        int n = measured.length;
        int k = Math.min(SAMPLE, n);
        Signatures signatures = data.signatures();
        Sample sample = new Sample(new ArrayList<>(), new ArrayList<>(), new int[k], new int[k], new float[k], new float[k], new float[k],
                new float[k], new double[k], new double[k]);
        for (int j = 0; j < k; j++) {
            int i = (int) ((long) j * n / k);
            int row = split.validation()[i];
            sample.part.add(split.part(data, row).label());
            sample.band.add(data.variant().band(signatures.band()[row]).name());
            sample.hour[j] = signatures.hour()[row];
            sample.month[j] = signatures.month(row);
            sample.distanceKm[j] = signatures.distanceKm()[row];
            sample.latitude[j] = data.latitude(row);
            sample.sfi[j] = signatures.sfi()[row];
            sample.kp[j] = signatures.kp()[row];
            sample.measuredDb[j] = measured[i];
            sample.predictedDb[j] = predicted[i];
        }
        return sample;
    }

    private static List<Residual> residuals(List<String> labels, IntUnaryOperator classOf, double[] measured, double[] predicted) {
        int[] counts = new int[labels.size()];
        double[] sums = new double[labels.size()];
        double[] squares = new double[labels.size()];
        for (int i = 0; i < measured.length; i++) {
            int k = classOf.applyAsInt(i);
            double residual = predicted[i] - measured[i];
            counts[k]++;
            sums[k] += residual;
            squares[k] += residual * residual;
        }
        List<Residual> residuals = new ArrayList<>();
        for (int k = 0; k < counts.length; k++) {
            double mean = sums[k] / counts[k];
            double meanSquare = squares[k] / counts[k];
            residuals.add(new Residual(labels.get(k), counts[k], mean, Math.sqrt(Math.max(0, meanSquare - mean * mean)), Math.sqrt(meanSquare)));
        }
        return residuals;
    }
}
