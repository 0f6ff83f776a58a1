package org.ionforge.ionis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.training.RegressionMetrics;

/// How well a model predicts rows that it was not trained on, beside the two baselines on the same rows.
///
/// @param figures all bands first, then band by band; all validation rows first, then by why they judge
public record Evaluation(List<Figures> figures) {

    public static final String ALL_BANDS = "all";
    public static final String ALL_PARTS = "validation";

    /// Errors of one part of the rows. RMSE is the root of the mean squared error; dB are the σ of a row times its band's
    /// standard deviation. NaN where there are no rows.
    ///
    /// @param part       `validation`, or the rows that judge by `validation-path`, `-month` or `-both`
    /// @param band       `20m`, or `all`
    /// @param pearson    correlation of predicted and measured dB
    /// @param huberSigma mean Huber loss, δ = 1 σ
    public record Figures(String part, String band, long n, double rmseDb, double maeDb, double biasDb, double pearson,
                          double rmseSigma, double maeSigma, double biasSigma, double huberSigma, Baseline bandMean,
                          Baseline climatology) {
    }

    /// Errors of a baseline on the same rows.
    ///
    /// @param skill 1 − MSE of the model/MSE of the baseline, in dB²: above 0 the model is better
    public record Baseline(double rmseDb, double maeDb, double skill) {
    }

    /// The figures of a part and band.
    public Figures of(String part, String band) {
        return figures.stream().filter(f -> f.part.equals(part) && f.band.equals(band)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no figures of " + part + ", " + band));
    }

    /// @param sigma predictions of the split's validation rows, in their order
    static Evaluation of(TrainingData data, Split split, float[] sigma) {
        Baselines baselines = new Baselines(data, split.training());
        Map<List<String>, Sums> sums = new LinkedHashMap<>();
        sums.put(List.of(ALL_PARTS, ALL_BANDS), new Sums());
        for (Band band : data.variant().bands()) {
            sums.put(List.of(ALL_PARTS, band.name()), new Sums());
        }
        for (Split.Part part : Split.Part.values()) {
            sums.put(List.of(part.label(), ALL_BANDS), new Sums());
        }
        for (int i = 0; i < sigma.length; i++) {
            int row = split.validation()[i];
            Band band = data.variant().band(data.signatures().band()[row]);
            Normalisation.Scale scale = data.variant().normalisation().of(band.id());
            Pair pair = new Pair(sigma[i], data.target(row), baselines.bandMean(row), baselines.climatology(row), scale);
            sums.get(List.of(ALL_PARTS, ALL_BANDS)).add(pair);
            sums.get(List.of(ALL_PARTS, band.name())).add(pair);
            sums.get(List.of(split.part(data, row).label(), ALL_BANDS)).add(pair);
        }
        List<Figures> figures = new ArrayList<>();
        sums.forEach((key, sum) -> figures.add(sum.figures(key.get(0), key.get(1))));
        return new Evaluation(List.copyOf(figures));
    }

    private record Pair(double predicted, double target, double bandMean, double climatology, Normalisation.Scale scale) {
    }

    private static final class Sums {
        private final RegressionMetrics.Sums sigma = new RegressionMetrics.Sums(TrainingOptions.HUBER_DELTA);
        private final RegressionMetrics.Sums db = new RegressionMetrics.Sums(TrainingOptions.HUBER_DELTA);
        private final RegressionMetrics.Sums bandMean = new RegressionMetrics.Sums(TrainingOptions.HUBER_DELTA);
        private final RegressionMetrics.Sums climatology = new RegressionMetrics.Sums(TrainingOptions.HUBER_DELTA);

        void add(Pair pair) {
            Normalisation.Scale scale = pair.scale;
            double measured = scale.toDb(pair.target);
            sigma.add(pair.predicted, pair.target);
            db.add(scale.toDb(pair.predicted), measured);
            bandMean.add(scale.toDb(pair.bandMean), measured);
            climatology.add(scale.toDb(pair.climatology), measured);
        }

        Figures figures(String part, String band) {
            RegressionMetrics inSigma = sigma.metrics();
            RegressionMetrics inDb = db.metrics();
            return new Figures(part, band, inDb.n(), inDb.rmse(), inDb.mae(), inDb.bias(), inDb.pearson(), inSigma.rmse(),
                    inSigma.mae(), inSigma.bias(), inSigma.huber(), baseline(inDb, bandMean.metrics()), baseline(inDb, climatology.metrics()));
        }

        private static Baseline baseline(RegressionMetrics model, RegressionMetrics other) {
            return new Baseline(other.rmse(), other.mae(), model.skillOver(other));
        }
    }
}
