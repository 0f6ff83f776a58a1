package org.ionforge.compute.reference;

import java.util.Arrays;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.Precision;

/// One row's way through a [org.ionforge.compute.GatedMlp] and back, in double, operands of products rounded as asked. Holds the activations of the row
/// last seen, so an instance serves one thread.
final class GatedMlpNetwork {

    /// Lowest gate and the width of its range: gate = 0.5 + 1.5·σ(z).
    private static final double GATE_FLOOR = 0.5;
    private static final double GATE_RANGE = 1.5;

    private final Precision precision;
    private final double[] parameters;
    private final Layer trunk1;
    private final Layer trunk2;
    private final Layer base1;
    private final Layer base2;
    private final Gate sun;
    private final Gate storm;
    private final Sidecar sunCar;
    private final Sidecar stormCar;
    private final int sunInput;
    private final int stormInput;
    private final double[] trunkGradient;
    private final double[] inputs;
    private double[] features;

    double base;
    double sunGate;
    double stormGate;
    double sunSide;
    double stormSide;

    GatedMlpNetwork(GatedMlpShape shape, Precision precision, double[] parameters) {
        this.precision = precision;
        this.parameters = parameters;
        trunk1 = new Layer(shape, "trunk.1", true);
        trunk2 = new Layer(shape, "trunk.2", true);
        base1 = new Layer(shape, "base.1", true);
        base2 = new Layer(shape, "base.2", false);
        sun = new Gate(shape, "sunGate");
        storm = new Gate(shape, "stormGate");
        sunCar = new Sidecar(shape, "sunSide");
        stormCar = new Sidecar(shape, "stormSide");
        sunInput = shape.sunInput();
        stormInput = shape.stormInput();
        trunkGradient = new double[shape.hidden2()];
        inputs = new double[shape.trunkInputs()];
    }

    /// An operand of a product. In FP32 the definition goes on in double.
    private double operand(double value) {
        return precision == Precision.FP32 ? value : precision.round((float) value);
    }

    double out() {
        return base + sunGate * sunSide + stormGate * stormSide;
    }

    void forward(double[] row) {
        features = row;
        for (int c = 0; c < inputs.length; c++) {
            inputs[c] = operand(row[c]);
        }
        double[] h2 = trunk2.mish(trunk1.mish(inputs));
        base = base2.linear(base1.mish(h2))[0];
        sunGate = sun.forward(h2);
        stormGate = storm.forward(h2);
        sunSide = sunCar.forward(row[sunInput]);
        stormSide = stormCar.forward(row[stormInput]);
    }

    /// Adds the row's share to `gradients`, given the loss's derivative by `out` and, beyond what comes through `out`, by the
    /// gates.
    void backward(double byOut, double bySunGate, double byStormGate, double[] gradients) {
        Arrays.fill(trunkGradient, 0);
        base2.gradient[0] = byOut;
        base2.backward(base1.output, gradients, base1.gradientOfOutput());
        base1.backwardMish(trunk2.output, gradients, trunkGradient);
        sun.backward(byOut * sunSide + bySunGate, gradients);
        storm.backward(byOut * stormSide + byStormGate, gradients);
        sunCar.backward(byOut * sunGate, features[sunInput], gradients);
        stormCar.backward(byOut * stormGate, features[stormInput], gradients);

        double[] h2 = trunk2.gradientOfOutput();
        System.arraycopy(trunkGradient, 0, h2, 0, h2.length);
        trunk2.backwardMish(trunk1.output, gradients, trunk1.gradientOfOutput());
        trunk1.backwardMish(inputs, gradients, null);
    }

    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    static double logistic(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    static double mish(double x) {
        return x * Math.tanh(softplus(x));
    }

    static double mishDerivative(double x) {
        double t = Math.tanh(softplus(x));
        return t + x * (1 - t * t) * logistic(x);
    }

    /// z = W x + b, and mish(z) where it is asked for.
    private final class Layer {
        final int weight;
        final int bias;
        final int rows;
        final int columns;
        final double[] weights;
        final double[] z;
        final double[] output;
        final double[] gradient;

        /// @param operands whether the weights are rounded as operands
        Layer(GatedMlpShape shape, String name, boolean operands) {
            weight = shape.tensor(name + ".weight").offset();
            bias = shape.tensor(name + ".bias").offset();
            rows = shape.tensor(name + ".weight").rows();
            columns = shape.tensor(name + ".weight").columns();
            z = new double[rows];
            output = new double[rows];
            gradient = new double[rows];
            weights = Arrays.copyOfRange(parameters, weight, weight + rows * columns);
            for (int i = 0; operands && i < weights.length; i++) {
                weights[i] = operand(weights[i]);
            }
        }

        double[] linear(double[] x) {
            for (int r = 0; r < rows; r++) {
                double sum = parameters[bias + r];
                for (int c = 0; c < columns; c++) {
                    sum += weights[r * columns + c] * x[c];
                }
                z[r] = sum;
            }
            return z;
        }

        double[] mish(double[] x) {
            linear(x);
            for (int r = 0; r < rows; r++) {
                output[r] = operand(GatedMlpNetwork.mish(z[r]));
            }
            return output;
        }

        /// Where the layers above add the loss's derivative by this layer's output; cleared.
        double[] gradientOfOutput() {
            Arrays.fill(gradient, 0);
            return gradient;
        }

        /// From the derivative by mish(z), in `gradient`.
        void backwardMish(double[] x, double[] gradients, double[] byInput) {
            for (int r = 0; r < rows; r++) {
                gradient[r] = operand(gradient[r] * operand(mishDerivative(z[r])));
            }
            backward(x, gradients, byInput);
        }

        /// From the derivative by z, in `gradient`: adds to the parameters' gradients and, unless null, to `byInput`.
        void backward(double[] x, double[] gradients, double[] byInput) {
            for (int r = 0; r < rows; r++) {
                double g = gradient[r];
                int row = r * columns;
                gradients[bias + r] += g;
                for (int c = 0; c < columns; c++) {
                    gradients[weight + row + c] += g * x[c];
                }
                if (byInput != null) {
                    for (int c = 0; c < columns; c++) {
                        byInput[c] += g * weights[row + c];
                    }
                }
            }
        }
    }

    private final class Gate {
        private final Layer hidden;
        private final Layer last;

        Gate(GatedMlpShape shape, String name) {
            hidden = new Layer(shape, name + ".1", true);
            last = new Layer(shape, name + ".2", false);
        }

        double forward(double[] h2) {
            return GATE_FLOOR + GATE_RANGE * logistic(last.linear(hidden.mish(h2))[0]);
        }

        void backward(double byGate, double[] gradients) {
            double s = logistic(last.z[0]);
            last.gradient[0] = byGate * GATE_RANGE * s * (1 - s);
            last.backward(hidden.output, gradients, hidden.gradientOfOutput());
            hidden.backwardMish(trunk2.output, gradients, trunkGradient);
        }
    }

    /// |V2|·softplus(|V1|·x + e1) + e2, a scalar of a scalar.
    private final class Sidecar {
        private final Layer first;
        private final Layer second;

        Sidecar(GatedMlpShape shape, String name) {
            first = new Layer(shape, name + ".1", false);
            second = new Layer(shape, name + ".2", false);
        }

        double forward(double x) {
            double sum = parameters[second.bias];
            for (int j = 0; j < first.rows; j++) {
                first.z[j] = Math.abs(parameters[first.weight + j]) * x + parameters[first.bias + j];
                sum += Math.abs(parameters[second.weight + j]) * softplus(first.z[j]);
            }
            return sum;
        }

        void backward(double bySide, double x, double[] gradients) {
            gradients[second.bias] += bySide;
            for (int j = 0; j < first.rows; j++) {
                double v1 = parameters[first.weight + j];
                double v2 = parameters[second.weight + j];
                double byZ = bySide * Math.abs(v2) * logistic(first.z[j]);
                gradients[second.weight + j] += bySide * softplus(first.z[j]) * Math.signum(v2);
                gradients[first.bias + j] += byZ;
                gradients[first.weight + j] += byZ * x * Math.signum(v1);
            }
        }
    }
}
