package org.ionforge.compute.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifDialect.Charge;
import org.ionforge.compute.LifDialect.Comparison;
import org.ionforge.compute.LifDialect.Reset;
import org.ionforge.compute.LifDialect.Synapse;
import org.ionforge.compute.Surrogate.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Backpropagation against finite differences in double, of a forward pass in which the surrogate's primitive stands in the place
/// of the hard threshold. Where the reset is detached, it keeps the spikes of the undisturbed pass.
class LifGradientTest {

    private static final int STEPS = 9;
    /// Parameters behind the currents: leak, threshold, slope, offset.
    private static final int LEAK = STEPS;
    private static final int THRESHOLD = STEPS + 1;
    private static final int SLOPE = STEPS + 2;
    private static final int OFFSET = STEPS + 3;

    static Stream<LifDialect> dialects() {
        List<LifDialect> dialects = new ArrayList<>();
        for (Charge charge : Charge.values()) {
            for (Synapse synapse : Synapse.values()) {
                for (Reset reset : Reset.values()) {
                    for (int flags = 0; flags < 16; flags++) {
                        boolean late = (flags & 1) != 0;
                        if (!late || reset == Reset.SUBTRACT) {
                            dialects.add(new LifDialect(charge, (flags & 2) != 0, synapse, synapse == Synapse.NONE ? 0 : 0.375f, 1.25f,
                                    charge == Charge.LEAK ? 0 : 0.125f, 0.0625f, Comparison.AT_LEAST, reset,
                                    reset == Reset.TO_VALUE ? -0.25f : 0, late, (flags & 4) != 0, (flags & 8) != 0));
                        }
                    }
                }
            }
        }
        return dialects.stream();
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void everyDialect(LifDialect dialect) {
        for (long seed = 0; seed < 5; seed++) {
            check(dialect, Shape.LEARNABLE, seed);
        }
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void everySurrogate(Shape shape) {
        for (long seed = 0; seed < 20; seed++) {
            check(LifDialect.IONFORGE, shape, seed);
            check(LifDialect.IONFORGE.subtracting(), shape, seed);
            check(LifDialect.SNNTORCH_LEAKY, shape, seed);
        }
    }

    private static void check(LifDialect dialect, Shape shape, long seed) {
        Random random = new Random(seed);
        double[] p = random.doubles(STEPS + 4, -0.5, 1.5).toArray();
        p[LEAK] = dialect.charge() == Charge.DIVIDE ? 2.7 : 0.6;
        p[THRESHOLD] = 0.8;
        p[SLOPE] = switch (shape) {
            case RECTANGULAR -> 1.5;
            case ARCTAN -> 2;
            default -> 0.7;
        };
        p[OFFSET] = shape == Shape.LEARNABLE ? 0.1 : 0;
        double[] bySpike = random.doubles(STEPS, -1, 1).toArray();
        double[] byMembrane = random.doubles(STEPS, -1, 1).toArray();

        Smooth pass = new Smooth(dialect, shape, p, null);
        SurrogateCurve curve = new SurrogateCurve(shape, p[SLOPE], p[OFFSET]);
        LifBackward backward = new LifBackward(dialect, p[LEAK], p[THRESHOLD], curve, STEPS);
        backward.run(pass.path, bySpike, byMembrane);
        for (int i = 0; i < (shape == Shape.LEARNABLE ? p.length : SLOPE); i++) {
            double expected = slope(dialect, shape, p, i, pass.path.fired(), bySpike, byMembrane);
            double actual = i < STEPS ? backward.byCurrent[i] : Arrays.stream(i == LEAK ? backward.byLeak
                    : i == THRESHOLD ? backward.byThreshold : i == SLOPE ? backward.bySlope : backward.byOffset).sum();
            assertEquals(expected, actual, 1e-7 + 1e-6 * Math.abs(expected), dialect + ", " + shape + ", parameter " + i);
        }
    }

    private static double slope(LifDialect dialect, Shape shape, double[] p, int i, double[] fired, double[] bySpike,
                                double[] byMembrane) {
        double h = 1e-5;
        double[] steps = {-2 * h, -h, h, 2 * h};
        double[] loss = new double[4];
        for (int k = 0; k < 4; k++) {
            double[] disturbed = p.clone();
            disturbed[i] += steps[k];
            Smooth pass = new Smooth(dialect, shape, disturbed, dialect.detachReset() ? fired : null);
            for (int t = 0; t < STEPS; t++) {
                double given = !dialect.spikeDelay() ? pass.path.fired()[t] : t > 0 ? pass.path.fired()[t - 1] : 0;
                loss[k] += bySpike[t] * given + byMembrane[t] * pass.path.membrane()[t];
            }
        }
        return (loss[0] - 8 * loss[1] + 8 * loss[2] - loss[3]) / (12 * h);
    }

    /// The forward pass with spikes between 0 and 1.
    private static final class Smooth {
        final LifBackward.Path path = new LifBackward.Path(new double[STEPS], new double[STEPS], new double[STEPS], new double[STEPS],
                new double[STEPS]);

        /// @param resets the spikes that the reset sees, null for those of this pass
        Smooth(LifDialect d, Shape shape, double[] p, double[] resets) {
            double v = d.initial();
            double i = 0;
            double before = 0;
            for (int t = 0; t < STEPS; t++) {
                double a = d.synapseDecay();
                i = switch (d.synapse()) {
                    case NONE -> p[t];
                    case DECAY_THEN_ADD -> a * i + p[t];
                    case ADD_THEN_DECAY -> a * (i + p[t]);
                    case DECAY_AFTER_USE -> i + p[t];
                };
                double j = d.resistance() * i;
                double leak = p[LEAK];
                double u = switch (d.charge()) {
                    case LEAK -> leak * v + (d.decayInput() ? (1 - leak) * j : j);
                    case DIVIDE -> v + (d.rest() - v + (d.decayInput() ? j : 0)) / leak + (d.decayInput() ? 0 : j);
                    case MULTIPLY -> v + leak * (d.rest() - v + (d.decayInput() ? j : 0)) + (d.decayInput() ? 0 : j);
                };
                u -= d.resetDelay() ? p[THRESHOLD] * before : 0;
                path.state()[t] = v;
                path.current()[t] = j;
                path.membrane()[t] = u;
                path.distance()[t] = u - p[THRESHOLD];
                path.fired()[t] = 0.5 + primitive(shape, p[SLOPE], u - p[THRESHOLD] - p[OFFSET]);
                double s = resets == null ? path.fired()[t] : resets[t];
                v = d.resetDelay() ? u : switch (d.reset()) {
                    case TO_VALUE -> u * (1 - s) + d.resetValue() * s;
                    case SUBTRACT -> u - p[THRESHOLD] * s;
                    case NONE -> u;
                };
                before = s;
                i = d.synapse() == Synapse.DECAY_AFTER_USE ? i - a * i : i;
            }
        }

        /// A curve whose derivative the surrogate is.
        private static double primitive(Shape shape, double k, double u) {
            return switch (shape) {
                case FAST_SIGMOID, LEARNABLE -> u / (1 + k * Math.abs(u));
                case ARCTAN -> Math.atan(Math.PI / 2 * k * u) / Math.PI;
                case SIGMOID -> 1 / (1 + Math.exp(-k * u)) - 0.5;
                case TRIANGULAR -> Math.abs(u) < 1 / k ? u - Math.signum(u) * k * u * u / 2 : Math.signum(u) / (2 * k);
                case RECTANGULAR -> Math.clamp(u / k, -0.5, 0.5);
            };
        }
    }
}
