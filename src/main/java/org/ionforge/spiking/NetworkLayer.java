package org.ionforge.spiking;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Patches;
import org.ionforge.compute.SpikingConvolution;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.Surrogate;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.ParameterTable.Kind;

/// One layer of a [SpikingNetwork] on a backend: forward, backward, and what is kept between them; how it is quantised at the moment is its
/// [LayerQuantisation]. At a layer with P output positions the samples of the operations are B·P rows, and
/// where these are not what comes in as it is, they are its [Patches].
final class NetworkLayer implements AutoCloseable {

    private final Backend backend;
    private final NetworkOptions options;
    private final int index;
    private final NetworkShape.Layer geometry;
    private final int positions;
    private final int batch;
    private final LayerParameters gradients;
    private final LayerQuantisation quantisation;
    private final List<Buffer> owned = new ArrayList<>();
    private final LifNeurons plainNeurons;
    private final Buffer spikes;
    private final Buffer counts;
    private final Buffer lastMembrane;
    private final Buffer currentGradient;
    /// By what comes in, null unless it goes back to the layer before as it is.
    private final Buffer inputGradient;
    /// Null where what comes in is what the weights take.
    private final SpikingConvolution convolution;
    private boolean frozen;
    /// F32 `[T, B·P, N]` each, null unless membranes are kept.
    private Buffer membrane;
    private Buffer membraneGradient;
    /// F32 `[B·P, N]`, null until it is wanted.
    private Buffer countGradient;
    private boolean lossOfCounts;
    private boolean lossOfMembranes;
    /// I of the last forward, F32 `[T, B·P, N]`, `[B·P, N]` of a constant input. Null in a network that has not gone back yet: one that only
    /// runs forward keeps nothing, and a first backward computes it again.
    private Buffer currents;
    private boolean goesBack;

    NetworkLayer(Backend backend, NetworkOptions options, int index, int batch, LayerParameters parameters, LayerParameters gradients) {
        this.backend = backend;
        this.options = options;
        this.index = index;
        this.geometry = options.shape().layer(index);
        this.positions = geometry.out().positions();
        this.gradients = gradients;
        boolean learnable = options.surrogate().shape() == Surrogate.Shape.LEARNABLE;
        plainNeurons = new LifNeurons(options.dialect(index), parameters.of(Kind.LEAK), parameters.of(Kind.THRESHOLD), options.surrogate(),
                learnable ? parameters.of(Kind.SLOPE) : null, learnable ? parameters.of(Kind.OFFSET) : null);
        quantisation = new LayerQuantisation(backend, geometry, parameters);
        Lif.Shape lif = shape(batch).lif();
        spikes = own(ElementType.U32, lif.spikeWords());
        counts = own(ElementType.F32, lif.cells());
        lastMembrane = readsMembrane() ? own(ElementType.F32, lif.cells()) : null;
        currentGradient = index > 0 && sees() ? own(ElementType.F32, lif.elements()) : null;
        inputGradient = index > 0 && !sees() ? own(ElementType.F32, (long) options.steps() * batch * geometry.in().size()) : null;
        convolution = gathers() ? backend.spikingConvolution() : null;
        this.batch = batch;
    }

    private Buffer own(ElementType type, long length) {
        Buffer buffer = backend.allocate(type, length);
        owned.add(buffer);
        return buffer;
    }

    private boolean readsMembrane() {
        return options.readout() == Readout.MEMBRANE && index == options.shape().layers().size() - 1;
    }

    /// Whether this layer's rows are the neurons of the layer before, sample for sample, so that the way back goes through the weights.
    private boolean sees() {
        return geometry.in().positions() == 1;
    }

    /// Whether rows are not what comes in as it is: a convolution, a pool, or a map of spikes whose channels end within a word (what comes
    /// into the network is no map where its first layer is none, see [SpikeMaps]).
    ///
    private boolean gathers() {
        NetworkShape.Image in = geometry.in();
        return geometry.convolutional() || geometry.pool() > 1 || index > 0 && in.positions() > 1 && in.channels() % Integer.SIZE != 0;
    }

    private SpikingConvolution.Shape convolution(int samples) {
        NetworkShape.Image in = geometry.in();
        Patches.Shape patches = geometry.convolutional()
                ? new Patches.Shape(samples, in.height(), in.width(), in.channels(), geometry.pool(), geometry.kernel(), geometry.kernel(), geometry.stride(),
                        geometry.padding())
                : Patches.Shape.whole(samples, in.height(), in.width(), in.channels(), geometry.pool());
        return new SpikingConvolution.Shape(options.steps(), patches, geometry.neurons());
    }

    SpikingLinear.Shape shape(int samples) {
        return new SpikingLinear.Shape(options.steps(), samples * positions, geometry.inputs(), geometry.neurons());
    }

    LayerQuantisation quantisation() {
        return quantisation;
    }

    boolean frozen() {
        return frozen;
    }

    /// A frozen layer passes gradients on and keeps none for itself.
    void freeze(boolean on) {
        frozen = on;
        gradients.clear();
    }

    /// The membranes of every step are kept from now on, and a loss can be taken of them.
    void keepMembranes() {
        if (membrane == null) {
            membrane = own(ElementType.F32, shape(batch).lif().elements());
            membraneGradient = own(ElementType.F32, membrane.length());
        }
    }

    Buffer membrane() {
        return membrane;
    }

    Buffer membraneGradient() {
        return membraneGradient;
    }

    Buffer countGradient() {
        if (countGradient == null) {
            countGradient = own(ElementType.F32, counts.length());
        }
        return countGradient;
    }

    /// Whether the next backward begins here too: with the gradients by counts, by membranes.
    void losses(boolean ofCounts, boolean ofMembranes) {
        lossOfCounts = ofCounts;
        lossOfMembranes = ofMembranes;
    }

    Buffer spikes() {
        return spikes;
    }

    /// F32 `[B·P, N]`: spikes of each neuron in the last forward.
    Buffer counts() {
        return counts;
    }

    /// F32 `[B, outputs]`: what a loss is taken of, if this is the last layer.
    Buffer scores() {
        return readsMembrane() ? lastMembrane : counts;
    }

    /// With the quantisation of this moment.
    SpikingLinear.Layer layer() {
        return new SpikingLinear.Layer(quantisation.weights(), quantisation.current(), quantisation.neurons(plainNeurons));
    }

    /// @param input of the layer: what comes into the network, or the spikes of the layer before
    void forward(SpikingLinear.Input input, int samples) {
        if (goesBack && currents == null) {
            currents = own(ElementType.F32, shape(batch).rows(input) * geometry.neurons());
        }
        forward(input, samples, new SpikingLinear.Outputs(new Lif.Outputs(spikes, counts, membrane, lastMembrane), currents, quantisation.currentRange()));
    }

    /// The operation alone.
    void forward(SpikingLinear.Input input, int samples, SpikingLinear.Outputs outputs) {
        if (convolution == null) {
            backend.spikingLinear().forward(shape(samples), layer(), input, outputs);
        } else {
            convolution.forward(convolution(samples), layer(), input, outputs);
        }
    }

    /// @param input         as in the last forward
    /// @param scoreGradient F32 `[B, outputs]` if this is the last layer, else null
    /// @param next          the layer behind this one, null if this is the last
    void backward(SpikingLinear.Input input, int samples, Buffer scoreGradient, NetworkLayer next) {
        SpikingLinear.Upstream upstream = upstream(scoreGradient, next);
        SpikingLinear.Gradients wanted = new SpikingLinear.Gradients(frozen ? null : gradients.of(Kind.WEIGHT), frozen ? null : gradients.of(Kind.BIAS),
                neuronGradients(), currentGradient, inputGradient);
        if (convolution == null) {
            backend.spikingLinear().backward(shape(samples), layer(), input, currents, upstream, wanted);
        } else {
            convolution.backward(convolution(samples), layer(), input, currents, upstream, wanted);
        }
        goesBack = true;
        if (!frozen) {
            quantisation.stepGradients(gradients);
        }
    }

    private SpikingLinear.Upstream upstream(Buffer scoreGradient, NetworkLayer next) {
        Buffer ofCounts = scoreGradient != null && !readsMembrane() ? scoreGradient : lossOfCounts ? countGradient : null;
        Buffer ofLast = scoreGradient != null && readsMembrane() ? scoreGradient : null;
        Buffer ofSpikes = next == null ? null : next.inputGradient;
        Buffer ofMembranes = lossOfMembranes ? membraneGradient : null;
        boolean none = Stream.of(ofCounts, ofLast, ofSpikes, ofMembranes).allMatch(Objects::isNull);
        Lif.Upstream outside = none ? null : new Lif.Upstream(ofSpikes, ofCounts, ofMembranes, ofLast);
        SpikingLinear.Through through = next == null || !next.sees() ? null
                : new SpikingLinear.Through(next.currentGradient, next.geometry.neurons(), next.quantisation.weights());
        return new SpikingLinear.Upstream(outside, through);
    }

    private Lif.Gradients neuronGradients() {
        if (frozen) {
            return Lif.Gradients.NONE;
        }
        return new Lif.Gradients(options.learnLeak() ? gradients.of(Kind.LEAK) : null, options.learnThreshold() ? gradients.of(Kind.THRESHOLD) : null,
                plainNeurons.slope() == null ? null : gradients.of(Kind.SLOPE), plainNeurons.offset() == null ? null : gradients.of(Kind.OFFSET));
    }

    @Override
    public void close() {
        quantisation.close();
        owned.forEach(Buffer::close);
        if (convolution != null) {
            convolution.close();
        }
    }
}
