package org.ionforge.compute.reference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpArguments;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.GatedMlpTraining;
import org.ionforge.compute.HostGatedMlpTraining;
import org.ionforge.compute.Precision;

/// The definition: row by row in double; parameters and results are rounded to float at the border only, operands as the precision
/// says.
final class ReferenceGatedMlp implements GatedMlp {

    private final Precision precision;

    ReferenceGatedMlp(Precision precision) {
        this.precision = precision;
    }

    @Override
    public void forward(GatedMlpShape shape, Buffer parameters, Rows rows, Outputs outputs) {
        GatedMlpArguments.checkForward(shape, parameters, rows, outputs);
        GatedMlpNetwork network = new GatedMlpNetwork(shape, precision, doubles(parameters, shape.parameters()));
        RowReader reader = new RowReader(shape, rows);
        for (int i = 0; i < rows.count(); i++) {
            network.forward(reader.features(i));
            set(outputs.out(), i, network.out());
            set(outputs.base(), i, network.base);
            set(outputs.sunGate(), i, network.sunGate);
            set(outputs.stormGate(), i, network.stormGate);
            set(outputs.sunSide(), i, network.sunSide);
            set(outputs.stormSide(), i, network.stormSide);
        }
    }

    @Override
    public Loss lossAndGradient(GatedMlpShape shape, Buffer parameters, Rows rows, LossOptions options, Buffer gradients) {
        GatedMlpArguments.checkLoss(shape, parameters, rows, options, gradients);
        double[] gradient = new double[shape.parameters()];
        Loss loss = lossAndGradient(shape, precision, doubles(parameters, shape.parameters()), rows, options, gradient);
        for (int i = 0; i < gradient.length; i++) {
            set(gradients, i, gradient[i]);
        }
        return loss;
    }

    @Override
    public GatedMlpTraining training(GatedMlpTraining.Setup setup) {
        return new HostGatedMlpTraining(this, new ReferenceAdamW(), setup);
    }

    /// The same on double parameters; adds to `gradient`, which the caller has cleared.
    static Loss lossAndGradient(GatedMlpShape shape, Precision precision, double[] parameters, Rows rows, LossOptions options,
                                double[] gradient) {
        GatedMlpNetwork network = new GatedMlpNetwork(shape, precision, parameters);
        RowReader reader = new RowReader(shape, rows);
        int n = rows.count();
        // The derivative of a gate's variance needs the gate's mean over the batch first.
        double[] sunGates = new double[n];
        double[] stormGates = new double[n];
        for (int i = 0; i < n; i++) {
            network.forward(reader.features(i));
            sunGates[i] = network.sunGate;
            stormGates[i] = network.stormGate;
        }
        double sunMean = mean(sunGates);
        double stormMean = mean(stormGates);
        double delta = options.huberDelta();
        double huber = 0;
        double squaredError = 0;
        for (int i = 0; i < n; i++) {
            network.forward(reader.features(i));
            double weight = reader.weight(i);
            double residual = network.out() - reader.target(i);
            double size = Math.abs(residual);
            huber += weight * (size <= delta ? 0.5 * residual * residual : delta * (size - 0.5 * delta));
            squaredError += residual * residual;
            network.backward(weight * Math.clamp(residual, -delta, delta) / n,
                    -options.gateVariance() * 2 * (network.sunGate - sunMean) / n,
                    -options.gateVariance() * 2 * (network.stormGate - stormMean) / n, gradient);
        }
        double varSun = variance(sunGates, sunMean);
        double varStorm = variance(stormGates, stormMean);
        return new Loss(huber / n - options.gateVariance() * (varSun + varStorm), huber / n, squaredError / n, varSun, varStorm);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double variance(double[] values, double mean) {
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / values.length;
    }

    private static double[] doubles(Buffer buffer, int length) {
        MemorySegment memory = buffer.host();
        double[] values = new double[length];
        for (int i = 0; i < length; i++) {
            values[i] = memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return values;
    }

    private static void set(Buffer buffer, long at, double value) {
        if (buffer != null) {
            buffer.host().setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) value);
        }
    }

    /// Row i of a batch, through the index where there is one.
    private static final class RowReader {
        private final Rows rows;
        private final MemorySegment features;
        private final double[] row;
        private final long dataRows;

        RowReader(GatedMlpShape shape, Rows rows) {
            this.rows = rows;
            features = rows.features().host();
            row = new double[shape.inputs()];
            dataRows = rows.features().length() / shape.inputs();
        }

        private long number(int i) {
            long position = rows.first() + i;
            if (rows.index() == null) {
                return position;
            }
            int number = rows.index().host().getAtIndex(ValueLayout.JAVA_INT, position);
            if (number < 0 || number >= dataRows) {
                throw GatedMlpArguments.indexOutside(position, number, dataRows);
            }
            return number;
        }

        double[] features(int i) {
            long start = number(i) * row.length;
            for (int c = 0; c < row.length; c++) {
                row[c] = features.getAtIndex(ValueLayout.JAVA_FLOAT, start + c);
            }
            return row;
        }

        double target(int i) {
            return rows.targets().host().getAtIndex(ValueLayout.JAVA_FLOAT, number(i));
        }

        double weight(int i) {
            return rows.weights().host().getAtIndex(ValueLayout.JAVA_FLOAT, number(i));
        }
    }
}
