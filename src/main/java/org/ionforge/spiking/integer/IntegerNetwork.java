package org.ionforge.spiking.integer;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.spiking.NetworkOptions.Readout;

/// A quantised network on one backend: packed weights and no float copy of them, sums in 32-bit integers, spikes in bits. Every
/// backend gives the same spikes for the same input, and they are those of the fake-quantised forward that the model was
/// converted from as long as its sums are exact ([QuantisedModel#largestSum]).
public final class IntegerNetwork implements AutoCloseable {

    private final QuantisedModel model;
    private final int batch;
    private final List<IntegerLayer> layers = new ArrayList<>();
    private final Buffer scores;

    /// @param batch most samples of one call
    public IntegerNetwork(Backend backend, QuantisedModel model, int batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("batches of " + batch);
        }
        this.model = model;
        this.batch = batch;
        for (int i = 0; i < model.layers().size(); i++) {
            layers.add(new IntegerLayer(backend, model.shape().layer(i), model.layers().get(i), i == 0 ? model.input() : null, model.steps(), batch));
        }
        scores = backend.allocate(ElementType.F32, (long) batch * model.shape().outputs());
    }

    public QuantisedModel model() {
        return model;
    }

    /// Scores of a batch, in [#scores].
    ///
    /// @param input   U8 `[B, inputs]` for codes, `[T, B, inputs]` for weighted spikes, channel-last; for bits U32 `[T, B, ⌈inputs/32⌉]` if the first layer is fully connected
    ///                without a pool, else the map `[T, B, positions, ⌈channels/32⌉]`
    /// @param samples B, at most what the network was made for
    /// @throws IllegalArgumentException if the input is too short or of a wrong type
    public void forward(Buffer input, int samples) {
        if (samples < 1 || samples > batch) {
            throw new IllegalArgumentException(samples + " samples in a network made for up to " + batch);
        }
        Buffer in = input;
        for (int i = 0; i < layers.size(); i++) {
            boolean last = i == layers.size() - 1;
            boolean count = model.readout() == Readout.COUNT;
            layers.get(i).forward(in, samples, last && count ? scores : null, last && !count ? scores : null);
            in = layers.get(i).spikes();
        }
    }

    /// F32 `[B, outputs]`: of the last call, spike counts or membranes as the model's readout says.
    public Buffer scores() {
        return scores;
    }

    /// U32 `[T, B, positions, ⌈N/32⌉]`: spikes of a layer, from 0, in the last call.
    public Buffer spikes(int layer) {
        return layers.get(layer).spikes();
    }

    /// Currents I that a layer finds for a batch: of each step, or of all where its input is constant.
    public long currents(int layer, int samples) {
        return layers.get(layer).currents(samples);
    }

    /// The currents I of a layer in the last call, before their fake quantisation.
    ///
    /// @param input   of that call
    /// @param samples of that call
    /// @param out     F32 `[T, B, positions, N]`, without T if the layer's input is constant
    public void currents(int layer, Buffer input, int samples, Buffer out) {
        layers.get(layer).currents(layer == 0 ? input : layers.get(layer - 1).spikes(), samples, out);
    }

    /// Bytes of all weights in the backend's layout.
    public long weightBytes() {
        return layers.stream().mapToLong(IntegerLayer::weightBytes).sum();
    }

    @Override
    public void close() {
        layers.forEach(IntegerLayer::close);
        scores.close();
    }
}
