package org.ionforge.quantization;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.ionforge.errors.InputException;

/// The plans of all layers of a network, first layer first.
public record QuantisationPlan(List<LayerPlan> layers) {

    public QuantisationPlan {
        layers = List.copyOf(layers);
    }

    /// The same plan for every layer.
    public static QuantisationPlan uniform(LayerPlan plan, int layers) {
        return new QuantisationPlan(Collections.nCopies(layers, plan));
    }

    /// A plan by the bits of its weights: one name for all layers, or one for each with commas between.
    ///
    /// @throws InputException for a name that [LayerPlan#named] has not, or another number of names
    public static QuantisationPlan named(String bits, int layers) {
        String[] names = bits.split(",", -1);
        if (names.length == 1) {
            return uniform(LayerPlan.named(bits), layers);
        }
        if (names.length != layers) {
            throw new InputException("'" + bits + "' names bits of " + names.length + " layers, the network has " + layers);
        }
        return new QuantisationPlan(Arrays.stream(names).map(LayerPlan::named).toList());
    }

    /// Every layer changed.
    public QuantisationPlan map(UnaryOperator<LayerPlan> change) {
        return new QuantisationPlan(layers.stream().map(change).toList());
    }

    /// The same with currents and membranes as they are: the first half of a progressive schedule.
    public QuantisationPlan weightsOnly() {
        return map(LayerPlan::weightsOnly);
    }

    public LayerPlan layer(int index) {
        return layers.get(index);
    }

    public boolean quantises() {
        return layers.stream().anyMatch(LayerPlan::quantises);
    }

    /// Whether every layer can be run on integers.
    public boolean integer() {
        return layers.stream().allMatch(layer -> layer.weights() != null);
    }

    /// The bits of the weights: one name if all are alike, else one for each layer with commas between.
    public String name() {
        List<String> names = layers.stream().map(LayerPlan::name).toList();
        return names.stream().distinct().count() == 1 ? names.getFirst() : names.stream().collect(Collectors.joining(","));
    }
}
