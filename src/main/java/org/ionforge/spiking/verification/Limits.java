package org.ionforge.spiking.verification;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.integer.QuantisedModel;

/// The limit of each gate.
public record Limits(Map<Gate, Double> values) {

    /// Scale, bias, leak and threshold of a neuron, four bytes each.
    private static final long NEURON_BYTES = 16;
    /// Header (with the phases of a training, those of a ladder among them), padding and digest of a file, and what a layer adds to them.
    private static final long FILE_BYTES = 3072;
    private static final long LAYER_BYTES = 1536;

    public Limits {
        if (values.size() != Gate.values().length) {
            throw new IllegalArgumentException("limits of " + values.keySet() + " only");
        }
        values = Collections.unmodifiableMap(new EnumMap<>(values));
    }

    /// The usual ones. Accuracy may drop by 0.2 points at 8 bits, 1 at 4 and 3 at 2, as the layer with the fewest bits has it; the file
    /// may have the bytes of its codes by the plan, of its neurons and of a header.
    public static Limits usual(NetworkShape shape, QuantisationPlan plan) {
        int fewest = 8;
        long bytes = FILE_BYTES;
        for (int i = 0; i < shape.layers().size(); i++) {
            NetworkShape.Layer layer = shape.layer(i);
            LayerPlan each = plan.layer(i);
            int bits = each.weights() == null ? Float.SIZE : each.weights().bits();
            fewest = Math.min(fewest, bits);
            bytes += ((long) layer.inputs() * bits + 7) / 8 * layer.neurons() + NEURON_BYTES * layer.neurons() + LAYER_BYTES;
        }
        EnumMap<Gate, Double> values = new EnumMap<>(Gate.class);
        values.put(Gate.ACCURACY_DROP, fewest == 8 ? 0.2 : fewest == 4 ? 1.0 : 3.0);
        values.put(Gate.SPIKE_RATE_LOW, 0.05);
        values.put(Gate.SPIKE_RATE_HIGH, 0.30);
        values.put(Gate.TEMPORAL_AGREEMENT, 0.95);
        values.put(Gate.FINITE_SCALES, 0.0);
        values.put(Gate.SCALE_DRIFT, 0.25);
        values.put(Gate.SATURATION, 0.01);
        values.put(Gate.INTEGER_SPIKES, 0.0);
        values.put(Gate.EXACT_SUMS, QuantisedModel.EXACT - 1.0);
        values.put(Gate.MODEL_BYTES, (double) bytes);
        values.put(Gate.LATENCY_RATIO, 1.0);
        return new Limits(values);
    }

    /// The same with another limit at one gate.
    public Limits with(Gate gate, double limit) {
        EnumMap<Gate, Double> changed = new EnumMap<>(values);
        changed.put(gate, limit);
        return new Limits(changed);
    }

    public double of(Gate gate) {
        return values.get(gate);
    }

    /// How a network did, gate by gate.
    public List<GateResult> judge(Measures measures) {
        List<GateResult> results = new ArrayList<>();
        for (Gate gate : Gate.values()) {
            double value = measures.of(gate);
            results.add(new GateResult(gate.key(), value, of(gate), gate.passes(value, of(gate))));
        }
        return results;
    }
}
