package org.ionforge.ionis;

import java.lang.foreign.ValueLayout;
import org.ionforge.export.Safetensors;

/// The network once more, in double and straight from the tensors of a model file by their reference names: an opinion that
/// shares no code with the engine.
final class PlainForward {

    private final Safetensors file;

    PlainForward(Safetensors file) {
        this.file = file;
    }

    /// {out, base, sun gate, storm gate, sun side, storm side}
    double[] of(float[] features) {
        double[] x = new double[11];
        for (int i = 0; i < 11; i++) {
            x[i] = features[i];
        }
        double[] hidden = mish(linear("trunk.2", mish(linear("trunk.0", x))));
        double base = linear("base_head.2", mish(linear("base_head.0", hidden)))[0];
        double sunGate = gate("sun_scaler_head", hidden);
        double stormGate = gate("storm_scaler_head", hidden);
        double sun = sidecar("sun_sidecar", features[11]);
        double storm = sidecar("storm_sidecar", features[12]);
        return new double[] {base + sunGate * sun + stormGate * storm, base, sunGate, stormGate, sun, storm};
    }

    private double gate(String head, double[] hidden) {
        return 0.5 + 1.5 / (1 + Math.exp(-linear(head + ".2", mish(linear(head + ".0", hidden)))[0]));
    }

    private double sidecar(String name, double x) {
        double sum = value(name + ".fc2.bias", 0);
        for (int i = 0; i < 8; i++) {
            double inner = Math.abs(value(name + ".fc1.weight", i)) * x + value(name + ".fc1.bias", i);
            sum += Math.abs(value(name + ".fc2.weight", i)) * Math.log1p(Math.exp(inner));
        }
        return sum;
    }

    private double[] linear(String layer, double[] x) {
        double[] y = new double[Math.toIntExact(file.tensor(layer + ".weight").orElseThrow().shape().getFirst())];
        for (int row = 0; row < y.length; row++) {
            y[row] = value(layer + ".bias", row);
            for (int column = 0; column < x.length; column++) {
                y[row] += value(layer + ".weight", row * x.length + column) * x[column];
            }
        }
        return y;
    }

    private static double[] mish(double[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] *= Math.tanh(Math.log1p(Math.exp(x[i])));
        }
        return x;
    }

    private double value(String tensor, int index) {
        return file.tensor(tensor).orElseThrow().data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * 4L);
    }
}
