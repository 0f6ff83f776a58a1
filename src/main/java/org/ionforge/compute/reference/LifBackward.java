package org.ionforge.compute.reference;

import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifDialect.Reset;

/// Backpropagation through the steps of one neuron of one sample, in double; the formulas are those of [org.ionforge.compute.Lif].
///
/// A spike may be any number here, not only 0 and 1: then this is the gradient of a smooth forward pass, which finite
/// differences can check.
final class LifBackward {

    /// What the forward pass went through, each `[T]`: V before the step, J, U, u = U − θ, s as decided in the step.
    record Path(double[] state, double[] current, double[] membrane, double[] distance, double[] fired) {

        static Path of(LifNeuron neuron, float threshold) {
            int steps = neuron.membrane.length;
            Path path = new Path(new double[steps], new double[steps], new double[steps], new double[steps], new double[steps]);
            for (int t = 0; t < steps; t++) {
                path.state[t] = neuron.state[t];
                path.current[t] = neuron.current[t];
                path.membrane[t] = neuron.membrane[t];
                path.distance[t] = neuron.membrane[t] - threshold;
                path.fired[t] = neuron.fired[t] ? 1 : 0;
            }
            return path;
        }
    }

    private final LifDialect dialect;
    private final double leak;
    private final double threshold;
    private final SurrogateCurve surrogate;

    /// By the current that comes in, `[T]`.
    final double[] byCurrent;
    /// Each step's share of the derivative by a parameter, `[T]`.
    final double[] byLeak;
    final double[] byThreshold;
    final double[] bySlope;
    final double[] byOffset;

    LifBackward(LifDialect dialect, double leak, double threshold, SurrogateCurve surrogate, int steps) {
        this.dialect = dialect;
        this.leak = leak;
        this.threshold = threshold;
        this.surrogate = surrogate;
        this.byCurrent = new double[steps];
        this.byLeak = new double[steps];
        this.byThreshold = new double[steps];
        this.bySlope = new double[steps];
        this.byOffset = new double[steps];
    }

    /// @param bySpike    of the loss by the spike given out at each step
    /// @param byMembrane of the loss by U of each step
    void run(Path path, double[] bySpike, double[] byMembrane) {
        int steps = byCurrent.length;
        double byState = 0;
        double byNextMembrane = 0;
        double bySynapse = 0;
        for (int t = steps - 1; t >= 0; t--) {
            double u = path.membrane[t];
            double s = path.fired[t];
            double byReset = dialect.resetDelay() ? byNextMembrane : byState;
            double given = !dialect.spikeDelay() ? bySpike[t] : t + 1 < steps ? bySpike[t + 1] : 0;
            double whole = given + (dialect.detachReset() ? 0 : byReset * resetBySpike(u));
            double soft = whole * surrogate.derivative(path.distance[t]);
            double byU = soft + byMembrane[t] + (dialect.reset() == Reset.TO_VALUE ? 1 - s : 1) * byState;
            byThreshold[t] = -soft - (dialect.reset() == Reset.SUBTRACT ? s * byReset : 0);
            bySlope[t] = whole * surrogate.bySlope(path.distance[t]);
            byOffset[t] = -soft;
            byLeak[t] = byU * membraneByLeak(path.state[t], path.current[t]);
            byState = byU * membraneByState();
            byNextMembrane = byU;
            double byFilter = dialect.resistance() * byU * membraneByCurrent();
            double alpha = dialect.synapseDecay();
            switch (dialect.synapse()) {
                case NONE -> byCurrent[t] = byFilter;
                case DECAY_THEN_ADD -> {
                    byCurrent[t] = byFilter + bySynapse;
                    bySynapse = alpha * byCurrent[t];
                }
                case ADD_THEN_DECAY -> {
                    byCurrent[t] = alpha * (byFilter + bySynapse);
                    bySynapse = byCurrent[t];
                }
                case DECAY_AFTER_USE -> {
                    byCurrent[t] = byFilter + (1 - alpha) * bySynapse;
                    bySynapse = byCurrent[t];
                }
            }
        }
    }

    private double resetBySpike(double u) {
        return switch (dialect.reset()) {
            case TO_VALUE -> dialect.resetValue() - u;
            case SUBTRACT -> -threshold;
            case NONE -> 0;
        };
    }

    private double membraneByState() {
        return switch (dialect.charge()) {
            case LEAK -> leak;
            case DIVIDE -> 1 - 1 / leak;
            case MULTIPLY -> 1 - leak;
        };
    }

    private double membraneByCurrent() {
        if (!dialect.decayInput()) {
            return 1;
        }
        return switch (dialect.charge()) {
            case LEAK -> 1 - leak;
            case DIVIDE -> 1 / leak;
            case MULTIPLY -> leak;
        };
    }

    private double membraneByLeak(double v, double j) {
        double decayed = dialect.decayInput() ? j : 0;
        return switch (dialect.charge()) {
            case LEAK -> v - decayed;
            case DIVIDE -> -(dialect.rest() - v + decayed) / (leak * leak);
            case MULTIPLY -> dialect.rest() - v + decayed;
        };
    }
}
