package org.ionforge.spiking;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Observers;
import org.ionforge.compute.Philox;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.quantization.QuantisationPlan;

/// A network of LIF neurons on one backend: its parameters, what it keeps between forward and backward, the two passes, and how they
/// are quantised. Nothing comes to the host. The same parameters, plan, input and backend give the same bits.
public final class SpikingNetwork implements AutoCloseable {

    private final Backend backend;
    private final NetworkOptions options;
    private final ParameterTable table;
    private final int batch;
    private final Buffer parameters;
    private final Buffer gradients;
    private final Buffer scoreGradient;
    private final List<NetworkLayer> layers = new ArrayList<>();

    /// Parameters are those of [#initialise] with seed 0 until something else is uploaded; nothing is quantised.
    ///
    /// @param batch most samples of one call
    public SpikingNetwork(Backend backend, NetworkOptions options, int batch) {
        this.backend = backend;
        this.options = options;
        this.table = new ParameterTable(options);
        this.batch = batch;
        parameters = backend.allocate(ElementType.F32, table.length());
        gradients = backend.allocate(ElementType.F32, table.length());
        gradients.fill((byte) 0);
        for (int index = 0; index < options.shape().layers().size(); index++) {
            layers.add(new NetworkLayer(backend, options, index, batch, new LayerParameters(table, index, parameters), new LayerParameters(table, index, gradients)));
        }
        scoreGradient = backend.allocate(ElementType.F32, (long) batch * options.shape().outputs());
        initialise(0);
    }

    /// Weights and biases uniform in ±1/√K, as torch's Linear begins; leak, threshold and slope from the options, scales 1, nothing
    /// observed.
    public void initialise(long seed) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(table.length() * Float.BYTES, 64);
            for (ParameterTable.Entry entry : table.entries()) {
                double bound = 1 / Math.sqrt(options.shape().layer(entry.layer()).inputs());
                for (long i = 0; i < entry.length(); i++) {
                    float value = switch (entry.kind()) {
                        case WEIGHT, BIAS -> (float) (bound * (2 * Philox.uniform(seed, entry.offset() + i, 0) - 1));
                        case LEAK -> options.leak();
                        case THRESHOLD -> options.threshold();
                        case SLOPE -> options.surrogate().slope();
                        case OFFSET -> 0;
                        case WEIGHT_SCALE, CURRENT_SCALE -> 1;
                        case CURRENT_RANGE -> i == 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
                    };
                    host.setAtIndex(ValueLayout.JAVA_FLOAT, entry.offset() + i, value);
                }
            }
            parameters.upload(host);
        }
    }

    public NetworkOptions options() {
        return options;
    }

    public ParameterTable table() {
        return table;
    }

    /// Most samples of one call.
    public int batch() {
        return batch;
    }

    /// F32, flat, as [#table] says.
    public Buffer parameters() {
        return parameters;
    }

    /// F32, flat, as the parameters. Of a parameter that is not trained: 0.
    public Buffer gradients() {
        return gradients;
    }

    /// F32 `[B, outputs]`: what the last forward found, spike counts or membranes.
    public Buffer scores() {
        return layers.getLast().scores();
    }

    /// F32 `[B, outputs]`: what [#backward] starts from.
    public Buffer scoreGradient() {
        return scoreGradient;
    }

    /// A layer's weights, quantisation and neurons as forward uses them now.
    public SpikingLinear.Layer layer(int layer) {
        return layers.get(layer).layer();
    }

    /// Sizes of a layer's operation for a batch.
    public SpikingLinear.Shape shape(int layer, int samples) {
        return layers.get(layer).shape(samples);
    }

    /// U32 `[T, B·P, W]`: spikes of a layer in the last forward.
    public Buffer spikes(int layer) {
        return layers.get(layer).spikes();
    }

    /// F32 `[B·P, N]`: spikes of each neuron of a layer over all steps of the last forward.
    public Buffer counts(int layer) {
        return layers.get(layer).counts();
    }

    /// What comes into a layer when that comes into the network.
    public Input inputOf(int layer, Input input) {
        return layer == 0 ? input : Input.spikes(layers.get(layer - 1).spikes());
    }

    /// A layer alone, from what came into it in the last forward: for outputs that nobody keeps during training.
    ///
    /// @param input   of that forward
    /// @param samples of that forward
    public void forward(int layer, Input input, int samples, SpikingLinear.Outputs outputs) {
        layers.get(layer).forward(inputOf(layer, input), samples, outputs);
    }

    /// Every layer's membranes are kept from now on, and losses can be taken of them.
    public void keepMembranes() {
        layers.forEach(NetworkLayer::keepMembranes);
    }

    /// F32 `[T, B·P, N]`: U of a layer in the last forward, null unless membranes are kept.
    public Buffer membrane(int layer) {
        return layers.get(layer).membrane();
    }

    /// F32 `[T, B·P, N]`: where a loss of the membranes puts its gradient, null unless they are kept.
    public Buffer membraneGradient(int layer) {
        return layers.get(layer).membraneGradient();
    }

    /// F32 `[B·P, N]`: where a loss of a hidden layer's counts puts its gradient.
    public Buffer countGradient(int layer) {
        return layers.get(layer).countGradient();
    }

    /// Whether backward takes in the gradients by a layer's counts (hidden layers only) and by its membranes, from now on.
    public void losses(int layer, boolean ofCounts, boolean ofMembranes) {
        layers.get(layer).losses(ofCounts, ofMembranes);
    }

    /// Whether a layer's ranges and scales are observed from now on; else they stay as they are.
    public void observe(int layer, boolean on) {
        layers.get(layer).quantisation().observe(on);
    }

    /// How forward and backward quantise now.
    public QuantisationPlan plan() {
        return new QuantisationPlan(quantisations().map(LayerQuantisation::plan).toList());
    }

    /// Quantises by another plan from now on. Scales stay what they are until they are begun or observed.
    public void quantise(QuantisationPlan plan) {
        if (plan.layers().size() != layers.size()) {
            throw new IllegalArgumentException("a plan of " + plan.layers().size() + " layers for " + layers.size());
        }
        for (int index = 0; index < layers.size(); index++) {
            layers.get(index).quantisation().plan(plan.layer(index));
        }
    }

    /// Multiplies a layer's threshold, to the next multiple of its scale where weights and membrane share one.
    public void scaleThreshold(int layer, double factor) {
        layers.get(layer).quantisation().scaleThreshold(factor);
    }

    /// Learned and shared scales start anew from the weights as they are.
    public void beginScales() {
        quantisations().forEach(LayerQuantisation::beginScales);
    }

    /// Freezes the first `count` layers, and no others: they keep their parameters.
    public void freeze(int count) {
        for (int index = 0; index < layers.size(); index++) {
            layers.get(index).freeze(index < count);
        }
    }

    public boolean frozen(int layer) {
        return layers.get(layer).frozen();
    }

    /// Scales of weights that are observed, from the weights as they are. To be called after they have changed.
    public void observeWeights() {
        quantisations().forEach(LayerQuantisation::observeWeights);
    }

    /// Forgets what was observed of the currents.
    public void resetCurrentRanges() {
        quantisations().forEach(LayerQuantisation::resetCurrentRange);
    }

    /// Takes the currents of the last forward into what was observed of them.
    public void observeCurrents(Observers.Tracking tracking) {
        quantisations().forEach(layer -> layer.observeCurrent(tracking));
    }

    /// Scales of the currents from what was observed.
    public void scaleCurrents() {
        quantisations().forEach(LayerQuantisation::scaleCurrent);
    }

    /// Scores, spikes and counts of a batch.
    ///
    /// @param samples of the batch, at most what the network was made for
    public void forward(Input input, int samples) {
        check(samples);
        for (int index = 0; index < layers.size(); index++) {
            layers.get(index).forward(inputOf(index, input), samples);
        }
    }

    /// Gradients of the parameters from those of the scores, for the batch of the last forward.
    public void backward(Input input, int samples) {
        check(samples);
        for (int index = layers.size() - 1; index >= 0; index--) {
            boolean last = index == layers.size() - 1;
            layers.get(index).backward(inputOf(index, input), samples, last ? scoreGradient : null, last ? null : layers.get(index + 1));
        }
    }

    private Stream<LayerQuantisation> quantisations() {
        return layers.stream().map(NetworkLayer::quantisation);
    }

    private void check(int samples) {
        if (samples < 1 || samples > batch) {
            throw new IllegalArgumentException(samples + " samples in a network made for batches of " + batch);
        }
    }

    @Override
    public void close() {
        layers.forEach(NetworkLayer::close);
        List.of(parameters, gradients, scoreGradient).forEach(Buffer::close);
    }
}
