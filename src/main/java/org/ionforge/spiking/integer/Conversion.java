package org.ionforge.spiking.integer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.errors.JobException;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;

/// Float weights to integers: the codes that the fake-quantised forward multiplies with, by the same rule on the same backend,
/// packed. What goes in is that forward's own layers, so nothing can differ.
public final class Conversion {

    private Conversion() {
    }

    /// @param options shape, steps and readout; neurons are those of the layers
    /// @param layers  one for each of the shape, weights fake-quantised per channel
    /// @param notes   where the network comes from
    /// @throws JobException if a layer cannot be converted: float weights, a scale that is no number, a pool past a byte; names it
    public static QuantisedModel convert(Backend backend, NetworkOptions options, InputForm input, List<SpikingLinear.Layer> layers,
                                         Map<String, String> notes) {
        List<QuantisedLayer> converted = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            try {
                converted.add(layer(backend, options.shape().layer(i), layers.get(i)));
            } catch (IllegalArgumentException e) {
                throw new JobException("layer " + i + " has no integers: " + e.getMessage(), e);
            }
        }
        try {
            return new QuantisedModel(options.shape(), options.steps(), options.readout(), input, converted, notes);
        } catch (IllegalArgumentException e) {
            throw new JobException("the network has no integers: " + e.getMessage(), e);
        }
    }

    private static QuantisedLayer layer(Backend backend, NetworkShape.Layer shape, SpikingLinear.Layer layer) {
        SpikingLinear.Weights weights = layer.weights();
        if (weights.quantisation() == null) {
            throw new IllegalArgumentException("its weights are not quantised");
        }
        QuantisationScheme scheme = weights.quantisation().scheme();
        int neurons = shape.neurons();
        SpikingLinear.Quantisation current = layer.current();
        return new QuantisedLayer(neurons, shape.inputs(), scheme, codes(backend, shape, weights, scheme.perChannel()),
                JavaArrays.floats(weights.quantisation().scale(), neurons), weights.bias() == null ? null : JavaArrays.floats(weights.bias(), neurons),
                current == null ? null : new QuantisedLayer.Current(current.scheme(), JavaArrays.floats(current.scale(), 1)[0]),
                layer.neurons().dialect(), parameter(layer.neurons().leak(), neurons), parameter(layer.neurons().threshold(), neurons),
                layer.neurons().state() == null ? null : layer.neurons().state().levels());
    }

    private static byte[] codes(Backend backend, NetworkShape.Layer shape, SpikingLinear.Weights weights, QuantisationScheme scheme) {
        long length = shape.neurons() * scheme.packedBytes(shape.inputs());
        try (Buffer packed = backend.allocate(ElementType.U8, length); Arena arena = Arena.ofConfined()) {
            backend.fakeQuantisation().quantise(weights.values(), Channels.rows(shape.neurons(), shape.inputs()), scheme,
                    FakeQuantisation.Scales.symmetric(weights.quantisation().scale()), new FakeQuantisation.Outputs(null, null, packed, null));
            MemorySegment host = arena.allocate(length);
            packed.download(host);
            return host.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// One value, or one for each neuron, as it is.
    private static float[] parameter(Buffer values, int neurons) {
        return JavaArrays.floats(values, values.length() == 1 ? 1 : neurons);
    }
}
