package org.ionforge.spiking.integer;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.QuantizedGemm;
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

    private static final int MOST_STEPS = 1 << 20;

    /// @throws IllegalArgumentException naming what does not fit
    public QuantisedModel {
        layers = List.copyOf(layers);
        notes = Collections.unmodifiableMap(new TreeMap<>(notes));
        if (layers.size() != shape.layers().size()) {
            throw new IllegalArgumentException(layers.size() + " layers for " + shape);
        }
        check(shape, steps, input);
        for (int layer = 0; layer < layers.size(); layer++) {
            QuantisedLayer each = layers.get(layer);
            NetworkShape.Layer wanted = shape.layer(layer);
            if (each.neurons() != wanted.neurons() || each.inputs() != wanted.inputs()) {
                throw new IllegalArgumentException("layer " + layer + " is " + each.neurons() + "×" + each.inputs() + ", the shape " + shape
                        + " wants " + wanted.neurons() + "×" + wanted.inputs());
            }
        }
    }

    /// Whether a network of that shape can have integers at all, whatever its weights.
    ///
    /// @throws IllegalArgumentException naming the layer that cannot
    public static void check(NetworkShape shape, int steps, InputForm input) {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new IllegalArgumentException(steps + " steps; integer networks have 1 to " + MOST_STEPS);
        }
        for (int layer = 0; layer < shape.layers().size(); layer++) {
            if (largestInput(shape, input, layer) > InputForm.LARGEST_CODE) {
                throw new IllegalArgumentException("the sum-pool before layer " + layer + " gives up to " + largestInput(shape, input, layer)
                        + "; integer layers take bytes, up to " + InputForm.LARGEST_CODE);
            }
            boolean bytes = shape.layer(layer).pool() > 1 || layer == 0 && input.bytes();
            int most = QuantizedGemm.maxInputs(bytes ? ElementType.U8 : ElementType.U32);
            if (shape.layer(layer).inputs() > most) {
                throw new IllegalArgumentException("each neuron of layer " + layer + " has " + shape.layer(layer).inputs()
                        + " inputs; sums of 32 bits have room for " + most + (bytes ? " bytes" : " spikes"));
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
