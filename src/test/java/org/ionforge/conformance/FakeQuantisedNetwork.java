package org.ionforge.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Observers;
import org.ionforge.compute.Patches;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.StateLevels;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.integer.Conversion;
import org.ionforge.spiking.integer.InputForm;
import org.ionforge.spiking.integer.QuantisedModel;

/// A network of random float weights, fake-quantised: what the integer engine has to agree with. Everything in float, patches too.
///
/// @param trial  owns the buffers
/// @param layers as the forward of training has them
record FakeQuantisedNetwork(Trial trial, NetworkOptions options, InputForm input, List<SpikingLinear.Layer> layers) {

    /// @param weights scheme of the weights, their scales from the range of each channel
    /// @param current scheme of the currents, null for none
    /// @param each    whether every neuron has a leak and a threshold of its own
    static FakeQuantisedNetwork random(Trial trial, NetworkOptions options, InputForm input, QuantisationScheme weights, QuantisationScheme current,
                                       boolean each, long seed) {
        Random random = new Random(seed);
        List<SpikingLinear.Layer> layers = new ArrayList<>();
        for (int i = 0; i < options.shape().layers().size(); i++) {
            NetworkShape.Layer shape = options.shape().layer(i);
            int n = shape.neurons();
            // Currents that make some neurons fire at some steps.
            float bound = 3 / (float) Math.sqrt(shape.inputs() * (double) shape.pool() * shape.pool());
            Buffer values = trial.input(uniform(random, shape.weights(), -0.8f * bound, bound));
            layers.add(new SpikingLinear.Layer(new SpikingLinear.Weights(values, random.nextInt(4) > 0 ? trial.input(uniform(random, n, -0.1f, 0.2f)) : null,
                    new SpikingLinear.Quantisation(weights.perChannel(), scales(trial, values, shape, weights.perChannel()), true)),
                    current == null ? null : new SpikingLinear.Quantisation(current, trial.input(2.5f / current.highest()), true),
                    new LifNeurons(options.dialect(i), trial.input(uniform(random, each ? n : 1, options.leak() * 0.9f, options.leak())),
                            trial.input(uniform(random, each ? n : 1, 0.8f * options.threshold(), 1.2f * options.threshold())), options.surrogate())));
        }
        return new FakeQuantisedNetwork(trial, options, input, layers);
    }

    private static Buffer scales(Trial trial, Buffer values, NetworkShape.Layer shape, QuantisationScheme scheme) {
        Channels channels = Channels.rows(shape.neurons(), shape.inputs());
        Buffer state = trial.output(ElementType.F32, 2 * shape.neurons());
        Buffer scales = trial.output(ElementType.F32, shape.neurons());
        Observers observers = trial.backend().observers();
        observers.reset(state, shape.neurons());
        observers.observe(values, channels, Observers.Tracking.minMax(), state);
        observers.scales(state, shape.neurons(), scheme, FakeQuantisation.Scales.symmetric(scales));
        return scales;
    }

    static float[] uniform(Random random, int n, float low, float high) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return values;
    }

    /// The same with membranes in a few levels; as it is without.
    FakeQuantisedNetwork rounded(StateLevels state) {
        return state == null ? this : new FakeQuantisedNetwork(trial, options, input, layers.stream().map(layer -> new SpikingLinear.Layer(layer.weights(),
                layer.current(), layer.neurons().rounded(state, trial.input(state.table())))).toList());
    }

    QuantisedModel converted() {
        return Conversion.convert(trial.backend(), options, input, layers, Map.of());
    }

    /// Spikes of every layer.
    ///
    /// @param codes  bytes `[B, inputs]`, where the input is codes
    /// @param bits   words `[T, B, positions, …]`, where it is bits
    List<int[]> forward(byte[] codes, int[] bits, int samples) {
        boolean constant = input instanceof InputForm.Codes;
        Buffer in = constant ? trial.input(values(codes)) : trial.input(ElementType.U32, bits);
        List<int[]> all = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            NetworkShape.Layer shape = options.shape().layer(i);
            int batch = samples * shape.out().positions();
            boolean still = constant && i == 0;
            Buffer rows = rows(shape, in, still ? samples : samples * options.steps());
            Lif.Shape lif = new Lif.Shape(options.steps(), batch, shape.neurons());
            Buffer spikes = trial.output(ElementType.U32, (int) lif.spikeWords());
            trial.backend().spikingLinear().forward(new SpikingLinear.Shape(options.steps(), batch, shape.inputs(), shape.neurons()), layers.get(i),
                    still ? SpikingLinear.Input.constant(rows) : rows.type() == ElementType.U32 ? SpikingLinear.Input.spikes(rows) : SpikingLinear.Input.sequence(rows),
                    new SpikingLinear.Outputs(new Lif.Outputs(spikes, null, null, null), null, null));
            all.add(trial.ints(spikes, (int) lif.spikeWords()));
            in = spikes;
        }
        return all;
    }

    private static float[] values(byte[] codes) {
        float[] values = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            values[i] = (codes[i] & 0xFF) * InputForm.STEP;
        }
        return values;
    }

    /// Patches as floats; what comes in, where the layer takes it as it is.
    private Buffer rows(NetworkShape.Layer shape, Buffer in, int images) {
        NetworkShape.Image map = shape.in();
        if (!shape.convolutional() && map.positions() == 1) {
            return in;
        }
        Patches.Shape patches = shape.convolutional() ? new Patches.Shape(images, map.height(), map.width(), map.channels(), shape.pool(), shape.kernel(),
                shape.kernel(), shape.stride(), shape.padding()) : Patches.Shape.whole(images, map.height(), map.width(), map.channels(), shape.pool());
        Buffer rows = trial.output(ElementType.F32, (int) patches.rowElements(ElementType.F32));
        trial.backend().patches().gather(patches, in, rows);
        return rows;
    }
}
