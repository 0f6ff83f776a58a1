package org.ionforge.spiking.training;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.Surrogate;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.SpikingNetwork;

/// Which parameters of a network a step changes, and the bounds they are held in.
final class ParameterGroups {

    /// Thresholds and scales stay above 0, and a τ is at least one step.
    private static final float SMALLEST_THRESHOLD = 1e-3f;
    private static final float SMALLEST_SCALE = 1e-6f;
    private static final float SMALLEST_SHARE = 1e-4f;
    private static final float FREE = Float.POSITIVE_INFINITY;

    private final SpikingNetwork network;

    ParameterGroups(SpikingNetwork network) {
        this.network = network;
    }

    /// Weights.
    List<AdamW.Group> decaying(double rate) {
        List<AdamW.Group> groups = new ArrayList<>();
        for (ParameterTable.Entry entry : trained()) {
            if (entry.kind() == ParameterTable.Kind.WEIGHT) {
                groups.add(group(entry, rate, -FREE, FREE));
            }
        }
        return groups;
    }

    /// Everything else that is trained.
    List<AdamW.Group> others(double rate) {
        NetworkOptions options = network.options();
        List<AdamW.Group> groups = new ArrayList<>();
        for (ParameterTable.Entry entry : trained()) {
            switch (entry.kind()) {
                case BIAS, OFFSET -> groups.add(group(entry, rate, -FREE, FREE));
                case LEAK -> {
                    if (options.learnLeak()) {
                        groups.add(group(entry, rate, smallestLeak(options.dialect().charge()), largestLeak(options.dialect().charge())));
                    }
                }
                case THRESHOLD -> {
                    if (options.learnThreshold()) {
                        groups.add(group(entry, rate, SMALLEST_THRESHOLD, FREE));
                    }
                }
                case SLOPE -> groups.add(group(entry, rate, Surrogate.MINIMUM_SLOPE, Surrogate.MAXIMUM_SLOPE));
                case WEIGHT_SCALE -> {
                    LayerPlan plan = network.plan().layer(entry.layer());
                    if (plan.weights() != null && plan.scales() == LayerPlan.Scales.LEARNED) {
                        groups.add(group(entry, rate, SMALLEST_SCALE, FREE));
                    }
                }
                case WEIGHT, CURRENT_SCALE, CURRENT_RANGE -> {
                    // weights decay; what is observed is not trained
                }
            }
        }
        return groups;
    }

    private List<ParameterTable.Entry> trained() {
        return network.table().entries().stream().filter(entry -> !network.frozen(entry.layer())).toList();
    }

    /// Least λ that is a leak: of β, τ or dt/τ.
    static float smallestLeak(LifDialect.Charge charge) {
        return switch (charge) {
            case LEAK -> 0;
            case DIVIDE -> 1;
            case MULTIPLY -> SMALLEST_SHARE;
        };
    }

    /// Largest λ that is one.
    static float largestLeak(LifDialect.Charge charge) {
        return charge == LifDialect.Charge.DIVIDE ? FREE : 1;
    }

    private static AdamW.Group group(ParameterTable.Entry entry, double rate, float minimum, float maximum) {
        return new AdamW.Group(entry.offset(), entry.length(), (float) rate, minimum, maximum);
    }
}
