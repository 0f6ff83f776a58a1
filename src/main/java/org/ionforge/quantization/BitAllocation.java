package org.ionforge.quantization;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.ionforge.errors.InputException;

/// A width for every layer, and what it costs.
///
/// @param choices first layer first
public record BitAllocation(List<LayerSensitivity.Choice> choices) {

    public BitAllocation {
        choices = List.copyOf(choices);
    }

    /// The same width for every layer.
    public static BitAllocation uniform(List<LayerSensitivity> layers, int bits) {
        return new BitAllocation(layers.stream().map(layer -> layer.at(bits)).toList());
    }

    /// The widths with the smallest sum of Ω whose bytes are within the budget; of equal sums the one with fewer bytes. Exact: layer by
    /// layer, all combinations are kept that no other one beats in both bytes and Ω.
    ///
    /// @param budget bytes of codes and scales of all layers
    /// @throws InputException if even the narrowest widths take more
    public static BitAllocation within(List<LayerSensitivity> layers, long budget) {
        List<BitAllocation> front = List.of(new BitAllocation(List.of()));
        for (LayerSensitivity layer : layers) {
            List<BitAllocation> all = new ArrayList<>();
            for (BitAllocation each : front) {
                layer.choices().forEach(choice -> all.add(each.and(choice)));
            }
            front = unbeaten(all, budget);
        }
        if (front.isEmpty()) {
            long least = layers.stream().mapToLong(layer -> layer.choices().stream().mapToLong(LayerSensitivity.Choice::bytes).min().orElseThrow()).sum();
            throw new InputException("no widths of the layers fit into " + budget + " bytes: the narrowest take " + least);
        }
        return front.getLast();
    }

    private BitAllocation and(LayerSensitivity.Choice choice) {
        List<LayerSensitivity.Choice> more = new ArrayList<>(choices);
        more.add(choice);
        return new BitAllocation(more);
    }

    /// By bytes, each with a smaller Ω than all before it.
    private static List<BitAllocation> unbeaten(List<BitAllocation> all, long budget) {
        List<BitAllocation> sorted = all.stream().filter(each -> each.bytes() <= budget)
                .sorted((a, b) -> a.bytes() != b.bytes() ? Long.compare(a.bytes(), b.bytes()) : Double.compare(a.omega(), b.omega())).toList();
        List<BitAllocation> front = new ArrayList<>();
        for (BitAllocation each : sorted) {
            if (front.isEmpty() || each.omega() < front.getLast().omega()) {
                front.add(each);
            }
        }
        return front;
    }

    /// Bytes of all layers.
    public long bytes() {
        return choices.stream().mapToLong(LayerSensitivity.Choice::bytes).sum();
    }

    /// Sum of Ω.
    public double omega() {
        return choices.stream().mapToDouble(LayerSensitivity.Choice::omega).sum();
    }

    /// Bits of each layer.
    public List<Integer> bits() {
        return choices.stream().map(LayerSensitivity.Choice::bits).toList();
    }

    /// What training takes: the usual plan of each width.
    public QuantisationPlan plan() {
        return new QuantisationPlan(bits().stream().map(bits -> LayerPlan.named(Integer.toString(bits))).toList());
    }

    /// `8,4`.
    @Override
    public String toString() {
        return bits().stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
