package org.ionforge.quantization;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.Quantiser;

/// What it costs a layer to be stored in so many bits: `Ω = tr(H)/n · ‖W − Q(W)‖²` (HAWQ-V2: Dong and others 2020) and bytes.
///
/// @param weights n
/// @param trace   of the layer's block of the Hessian, as used
/// @param choices one for each width, widest first
public record LayerSensitivity(String name, long weights, double trace, List<Choice> choices) {

    /// @param bits  8, 4 or 2
    /// @param omega Ω
    /// @param bytes of codes and scales
    public record Choice(int bits, double omega, long bytes) {
    }

    public LayerSensitivity {
        choices = List.copyOf(choices);
    }

    /// Of a weight matrix, for 8, 4 and 2 bits, each with the scales of its usual plan: smallest and largest weight of a channel, or
    /// for 2 bits where a learned step begins.
    ///
    /// @param values  `[rows, columns]`, row-major
    /// @param columns K
    /// @param trace   of the Hessian's block, 0 or more
    public static LayerSensitivity of(String name, float[] values, int columns, double trace) {
        int rows = values.length / columns;
        List<Choice> choices = new ArrayList<>();
        for (QuantizedGemm.Format format : QuantizedGemm.Format.values()) {
            LayerPlan plan = LayerPlan.named(Integer.toString(format.bits()));
            double error = 0;
            for (int row = 0; row < rows; row++) {
                error += error(values, row * columns, columns, plan);
            }
            choices.add(new Choice(format.bits(), trace / values.length * error, rows * (format.rowBytes(columns) + Float.BYTES)));
        }
        return new LayerSensitivity(name, values.length, trace, choices);
    }

    /// ‖w − Q(w)‖² of one channel.
    private static double error(float[] values, int first, int length, LayerPlan plan) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        double absolute = 0;
        for (int i = first; i < first + length; i++) {
            low = Math.min(low, values[i]);
            high = Math.max(high, values[i]);
            absolute += Math.abs(values[i]);
        }
        QuantisationScheme scheme = plan.weights();
        Quantiser quantiser = plan.scales() == LayerPlan.Scales.OBSERVED ? Quantiser.of(scheme, low, high)
                : new Quantiser(scheme, Math.max(Float.MIN_NORMAL, (float) (2 * absolute / length / Math.sqrt(scheme.highest()))), 0);
        double error = 0;
        for (int i = first; i < first + length; i++) {
            double difference = (double) values[i] - quantiser.fakeQuantised(values[i]);
            error += difference * difference;
        }
        return error;
    }

    /// The choice of that width.
    public Choice at(int bits) {
        return choices.stream().filter(choice -> choice.bits() == bits).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no choice of " + bits + " bits for " + name));
    }
}
