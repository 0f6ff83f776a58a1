package org.ionforge.training;

/// How well predictions meet targets. All are NaN when there are no rows; Pearson also when either side is constant.
///
/// @param n       rows
/// @param rmse    root of the mean squared error: the true one, not the root of a Huber loss
/// @param mae     mean absolute error
/// @param bias    mean of prediction − target
/// @param huber   mean Huber loss, δ as given
/// @param pearson correlation
public record RegressionMetrics(long n, double rmse, double mae, double bias, double huber, double pearson) {

    /// Takes pairs one after the other; the order decides the last bits.
    public static final class Sums {
        private final double delta;
        private long n;
        private double absolute;
        private double squared;
        private double signed;
        private double huber;
        private double meanPrediction;
        private double meanTarget;
        private double squaresPrediction;
        private double squaresTarget;
        private double products;

        /// @param delta δ of the Huber loss, in the unit of the pairs
        public Sums(double delta) {
            this.delta = delta;
        }

        public void add(double prediction, double target) {
            double error = prediction - target;
            double size = Math.abs(error);
            n++;
            absolute += size;
            squared += error * error;
            signed += error;
            huber += size <= delta ? error * error / 2 : delta * (size - delta / 2);
            // Welford's updates: no cancellation when the spread is small beside the mean.
            double fromPrediction = prediction - meanPrediction;
            double fromTarget = target - meanTarget;
            meanPrediction += fromPrediction / n;
            meanTarget += fromTarget / n;
            squaresPrediction += fromPrediction * (prediction - meanPrediction);
            squaresTarget += fromTarget * (target - meanTarget);
            products += fromPrediction * (target - meanTarget);
        }

        public RegressionMetrics metrics() {
            double spread = Math.sqrt(squaresPrediction) * Math.sqrt(squaresTarget);
            return new RegressionMetrics(n, Math.sqrt(squared / n), absolute / n, signed / n, huber / n,
                    spread > 0 ? products / spread : Double.NaN);
        }
    }

    /// `1 − MSE/MSE of the other`: 1 is perfect, 0 no better than the other, below 0 worse.
    public double skillOver(RegressionMetrics other) {
        return 1 - rmse * rmse / (other.rmse * other.rmse);
    }
}
