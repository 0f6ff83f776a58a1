package org.ionforge.spiking.integer;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.NetworkShape;

/// A trained network in integers: all that is needed to run it, and nothing else. No float copy of its weights is in here.
///
/// @param shape   its layers
/// @param steps   T
/// @param readout what the scores of the classes are
/// @param input   what goes into the first layer
/// @param layers  one for each of the shape
/// @param notes   where it comes from, in words; ordered by name
public record QuantisedModel(NetworkShape shape, int steps, Readout readout, InputForm input, List<QuantisedLayer> layers,
                             Map<String, String> notes) {

    /// Floats count exactly to here.
    public static final long EXACT = 1 << 24;

    /// @throws IllegalArgumentException naming what does not fit
    public QuantisedModel {
        layers = List.copyOf(layers);
        notes = Collections.unmodifiableMap(new TreeMap<>(notes));
        if (steps < 1 || layers.size() != shape.layers().size()) {
            throw new IllegalArgumentException(steps + " steps and " + layers.size() + " layers for " + shape);
        }
        for (int layer = 0; layer < layers.size(); layer++) {
            QuantisedLayer each = layers.get(layer);
            NetworkShape.Layer wanted = shape.layer(layer);
            if (each.neurons() != wanted.neurons() || each.inputs() != wanted.inputs()) {
                throw new IllegalArgumentException("layer " + layer + " is " + each.neurons() + "×" + each.inputs() + ", the shape " + shape
                        + " wants " + wanted.neurons() + "×" + wanted.inputs());
            }
            if (largestInput(shape, input, layer) > InputForm.LARGEST_CODE) {
                throw new IllegalArgumentException("the sum-pool before layer " + layer + " gives up to " + largestInput(shape, input, layer)
                        + "; integer layers take bytes, up to " + InputForm.LARGEST_CODE);
            }
        }
    }

    /// Largest number that comes into a layer, in units of its integer sums.
    public int largestInput(int layer) {
        return largestInput(shape, input, layer);
    }

    private static int largestInput(NetworkShape shape, InputForm input, int layer) {
        int pool = shape.layer(layer).pool();
        return Math.multiplyExact(pool * pool, layer == 0 ? input.largest() : 1);
    }

    /// [QuantisedLayer#largestSum] of a layer; exact below [#EXACT].
    public long largestSum(int layer) {
        return layers.get(layer).largestSum(largestInput(layer));
    }
}
