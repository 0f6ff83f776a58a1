package org.ionforge.conformance;

import java.util.Arrays;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.Precision;

/// Holds a gated MLP of one room to the contract's bounds around the definition.
final class GatedMlpAgreement {

    private static final String[] OUTPUTS = {"out", "base", "sunGate", "stormGate", "sunSide", "stormSide"};

    private GatedMlpAgreement() {
    }

    static void compare(Room room, Precision precision, GatedMlpCase trial) {
        GatedMlpCase.Result expected = trial.on(Room.reference(), precision);
        GatedMlpCase.Result actual = trial.on(room, precision);
        boolean exact = precision == Precision.FP32;
        double u = precision.roundoff();
        for (int i = 0; i < OUTPUTS.length; i++) {
            Agreement.within((row, value) -> exact ? at(1e-5, 1e-6, value) : at(2 * u, u / 5, value), expected.outputs()[i],
                    actual.outputs()[i], OUTPUTS[i], row -> "row " + row + " of " + trial.name());
        }
        double slope = meanSlope(trial, expected.outputs()[0]);
        for (GatedMlp.Tensor tensor : trial.shape().tensors()) {
            float[] gradient = Arrays.copyOfRange(expected.gradients(), tensor.offset(), tensor.offset() + tensor.length());
            double bound = (exact ? 1e-5 : 2 * u) * largest(gradient) + (exact ? 1e-7 : u / 16) * slope;
            Agreement.within((element, value) -> bound, gradient,
                    Arrays.copyOfRange(actual.gradients(), tensor.offset(), tensor.offset() + tensor.length()),
                    "gradient of " + tensor.name(), element -> trial.name());
        }
        GatedMlp.Loss wanted = expected.loss();
        GatedMlp.Loss got = actual.loss();
        Agreement.within((element, value) -> 1e-7 + (exact ? 1e-5 : u) * Math.abs(value),
                new double[] {wanted.loss(), wanted.huber(), wanted.squaredError(), wanted.varSunGate(), wanted.varStormGate()},
                new double[] {got.loss(), got.huber(), got.squaredError(), got.varSunGate(), got.varStormGate()}, "loss",
                element -> trial.name());
    }

    /// Absolute up to 10, relative beyond.
    private static double at(double absolute, double relative, double value) {
        return Math.abs(value) <= 10 ? absolute : relative * Math.abs(value);
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double meanSlope(GatedMlpCase trial, float[] out) {
        double sum = 0;
        for (int i = 0; i < trial.count(); i++) {
            int row = trial.index() == null ? (int) trial.first() + i : trial.index()[(int) trial.first() + i];
            sum += trial.weights()[row] * Math.min(trial.options().huberDelta(), Math.abs(out[i] - trial.targets()[row]));
        }
        return sum / trial.count();
    }
}
