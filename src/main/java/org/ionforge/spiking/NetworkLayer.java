package org.ionforge.spiking;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Observers;
import org.ionforge.compute.Patches;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.Surrogate;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.quantization.SharedScale;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.ParameterTable.Kind;

/// One layer of a [SpikingNetwork] on a backend: its parameters (slices of the network's), how they are quantised at the moment, and
/// what is kept from forward to backward. At a layer with P output positions the samples of the operations are B·P rows, and what
/// comes in is gathered into such rows first, pools and kernels as [Patches] has them.
final class NetworkLayer implements AutoCloseable {

    /// Elements of the largest table of a membrane's levels.
    private static final int MOST_LEVELS = 512;
    /// Of biases in multiples of a shared scale.
    private static final QuantisationScheme WHOLE = QuantisationScheme.symmetric(Short.MIN_VALUE, Short.MAX_VALUE).perChannel();

    private final Backend backend;
    private final NetworkOptions options;
    private final ParameterTable table;
    private final int index;
    private final NetworkShape.Layer geometry;
    private final int positions;
    private final int batch;
    private final Buffer parameters;
    private final Buffer gradients;
    private final List<Buffer> owned = new ArrayList<>();
    private final LifNeurons plainNeurons;
    private final Buffer spikes;
    private final Buffer counts;
    private final Buffer lastMembrane;
    private final Buffer currentGradient;
    private final Buffer inputGradient;
    private final Buffer mapGradient;
    private final Buffer observed;
    private final Buffer weightRange;
    private final Buffer levels;
    /// What `levels` holds, null for nothing.
    private StateLevels state;
    private LayerPlan plan = LayerPlan.FLOAT;
    private boolean frozen;
    private boolean observing = true;
    /// F32 `[T, B·P, N]` each, null unless membranes are kept.
    private Buffer membrane;
    private Buffer membraneGradient;
    /// F32 `[B·P, N]`, null until it is wanted.
    private Buffer countGradient;
    private boolean lossOfCounts;
    private boolean lossOfMembranes;
    /// Rows of the last forward; null until one gathered.
    private Buffer rows;
    /// I of the last forward, F32 `[T, B·P, N]`, `[B·P, N]` of a constant input. Null in a network that has not gone back yet: one that only
    /// runs forward keeps nothing, and a first backward computes it again.
    private Buffer currents;
    private boolean goesBack;
    /// F32 `[N]`: biases in multiples of a shared scale; null until there was one.
    private Buffer wholeBias;

    NetworkLayer(Backend backend, NetworkOptions options, ParameterTable table, int index, int batch, Buffer parameters, Buffer gradients) {
        this.backend = backend;
        this.options = options;
        this.table = table;
        this.index = index;
        this.geometry = options.shape().layer(index);
        this.positions = geometry.out().positions();
        this.parameters = parameters;
        this.gradients = gradients;
        boolean learnable = options.surrogate().shape() == Surrogate.Shape.LEARNABLE;
        plainNeurons = new LifNeurons(options.dialect(index), parameter(Kind.LEAK), parameter(Kind.THRESHOLD), options.surrogate(),
                learnable ? parameter(Kind.SLOPE) : null, learnable ? parameter(Kind.OFFSET) : null);
        Lif.Shape lif = shape(batch).lif();
        spikes = own(ElementType.U32, lif.spikeWords());
        counts = own(ElementType.F32, lif.cells());
        lastMembrane = readsMembrane() ? own(ElementType.F32, lif.cells()) : null;
        currentGradient = index > 0 && sees() ? own(ElementType.F32, lif.elements()) : null;
        inputGradient = index > 0 && !sees() ? own(ElementType.F32, lif.elements() / geometry.neurons() * geometry.inputs()) : null;
        mapGradient = index > 0 && gathers(false) ? own(ElementType.F32, (long) options.steps() * batch * geometry.in().size()) : null;
        levels = own(ElementType.F32, MOST_LEVELS);
        this.batch = batch;
        observed = own(ElementType.F32, 2);
        weightRange = own(ElementType.F32, 2L * geometry.neurons());
    }

    private Buffer own(ElementType type, long length) {
        Buffer buffer = backend.allocate(type, length);
        owned.add(buffer);
        return buffer;
    }

    private Buffer parameter(Kind kind) {
        return slice(parameters, kind);
    }

    private Buffer gradient(Kind kind) {
        return slice(gradients, kind);
    }

    private Buffer slice(Buffer flat, Kind kind) {
        ParameterTable.Entry entry = table.entry(kind, index);
        return flat.slice(entry.offset(), entry.length());
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
    /// @param numbers whether what comes in is no spikes
    private boolean gathers(boolean numbers) {
        NetworkShape.Image in = geometry.in();
        return geometry.convolutional() || geometry.pool() > 1 || index > 0 && !numbers && in.positions() > 1 && in.channels() % Integer.SIZE != 0;
    }

    private Patches.Shape patches(int images) {
        NetworkShape.Image in = geometry.in();
        return geometry.convolutional()
                ? new Patches.Shape(images, in.height(), in.width(), in.channels(), geometry.pool(), geometry.kernel(), geometry.kernel(), geometry.stride(),
                        geometry.padding())
                : Patches.Shape.whole(images, in.height(), in.width(), in.channels(), geometry.pool());
    }

    private int images(SpikingLinear.Input input, int samples) {
        return input.kind() == SpikingLinear.Input.Kind.CONSTANT ? samples : Math.multiplyExact(options.steps(), samples);
    }

    /// What the operation takes in for this input of the layer, gathered by the last forward.
    SpikingLinear.Input gathered(SpikingLinear.Input input) {
        if (!gathers(input.kind() != SpikingLinear.Input.Kind.SPIKES)) {
            return input;
        }
        return switch (input.kind()) {
            case CONSTANT -> SpikingLinear.Input.constant(rows);
            case SEQUENCE -> SpikingLinear.Input.sequence(rows);
            case SPIKES -> geometry.pool() > 1 ? SpikingLinear.Input.sequence(rows) : SpikingLinear.Input.spikes(rows);
        };
    }

    private void gather(SpikingLinear.Input input, int samples) {
        boolean spiking = input.kind() == SpikingLinear.Input.Kind.SPIKES;
        if (!gathers(!spiking)) {
            return;
        }
        if (rows == null) {
            ElementType type = spiking && geometry.pool() == 1 ? ElementType.U32 : ElementType.F32;
            rows = own(type, patches(images(input, batch)).rowElements(type));
        }
        backend.patches().gather(patches(images(input, samples)), input.values(), rows);
    }

    SpikingLinear.Shape shape(int samples) {
        return new SpikingLinear.Shape(options.steps(), samples * positions, geometry.inputs(), geometry.neurons());
    }

    LayerPlan plan() {
        return plan;
    }

    void plan(LayerPlan other) {
        plan = other;
        if (other.state() != null) {
            StateLevels wanted = other.shares() ? other.state().times(sharedScale()) : other.state();
            if (!wanted.equals(state)) {
                JavaArrays.replace(levels, wanted.table());
                state = wanted;
            }
        }
    }

    private LifNeurons neurons() {
        return plan.state() == null ? plainNeurons : plainNeurons.rounded(state, levels);
    }

    private float sharedScale() {
        return JavaArrays.floats(parameter(Kind.WEIGHT_SCALE), 1)[0];
    }

    /// Multiplies the threshold; where weights and membrane share a scale, it stays a multiple of that.
    void scaleThreshold(double factor) {
        float threshold = (float) (JavaArrays.floats(parameter(Kind.THRESHOLD))[0] * factor);
        JavaArrays.replace(parameter(Kind.THRESHOLD), new float[] {plan.shares() ? SharedScale.multiple(threshold, sharedScale()) : threshold});
    }

    boolean frozen() {
        return frozen;
    }

    /// A frozen layer passes gradients on and keeps none for itself.
    void freeze(boolean on) {
        frozen = on;
        for (ParameterTable.Entry entry : table.entries()) {
            if (entry.layer() == index) {
                gradients.slice(entry.offset(), entry.length()).fill((byte) 0);
            }
        }
    }

    /// Whether [#observeCurrent] and [#observeWeights] do anything.
    void observe(boolean on) {
        observing = on;
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
        return new SpikingLinear.Layer(weights(), plan.current() == null ? null
                : new SpikingLinear.Quantisation(plan.current(), parameter(Kind.CURRENT_SCALE), true), neurons());
    }

    private SpikingLinear.Weights weights() {
        return new SpikingLinear.Weights(parameter(Kind.WEIGHT), bias(), plan.weights() == null ? null
                : new SpikingLinear.Quantisation(plan.weights(), parameter(Kind.WEIGHT_SCALE), plan.scales() != LayerPlan.Scales.LEARNED));
    }

    /// The gradient of a rounded bias is that of the bias.
    private Buffer bias() {
        if (!plan.shares()) {
            return parameter(Kind.BIAS);
        }
        if (wholeBias == null) {
            wholeBias = own(ElementType.F32, geometry.neurons());
        }
        backend.fakeQuantisation().quantise(parameter(Kind.BIAS), Channels.rows(geometry.neurons(), 1), WHOLE, FakeQuantisation.Scales.symmetric(parameter(Kind.WEIGHT_SCALE)),
                new FakeQuantisation.Outputs(wholeBias, null, null, null));
        return wholeBias;
    }

    private Channels channels() {
        return Channels.rows(geometry.neurons(), geometry.inputs());
    }

    /// Scales of the weights from the weights as they are, where they are observed.
    void observeWeights() {
        if (observing && plan.weights() != null && plan.scales() == LayerPlan.Scales.OBSERVED) {
            backend.observers().reset(weightRange, geometry.neurons());
            backend.observers().observe(parameter(Kind.WEIGHT), channels(), Observers.Tracking.minMax(), weightRange);
            backend.observers().scales(weightRange, geometry.neurons(), plan.weights(),
                    FakeQuantisation.Scales.symmetric(parameter(Kind.WEIGHT_SCALE)));
        }
    }

    /// Scales to begin with, where they are learned: `2·mean(|w|)/√highest` of each channel; or the shared one, to the end.
    void beginScales() {
        if (plan.weights() != null && plan.scales() == LayerPlan.Scales.LEARNED) {
            backend.fakeQuantisation().initialSteps(parameter(Kind.WEIGHT), channels(), plan.weights(), parameter(Kind.WEIGHT_SCALE));
        }
        if (plan.shares()) {
            float[] scales = new float[geometry.neurons()];
            Arrays.fill(scales, SharedScale.of(JavaArrays.floats(parameter(Kind.WEIGHT)), plan.weights()));
            JavaArrays.replace(parameter(Kind.WEIGHT_SCALE), scales);
            scaleThreshold(1);
            plan(plan);
        }
    }

    /// Nothing has been seen of the current.
    void resetCurrentRange() {
        backend.observers().reset(parameter(Kind.CURRENT_RANGE), 1);
    }

    /// Takes the range of the last forward's current into what was observed.
    void observeCurrent(Observers.Tracking tracking) {
        if (!observing) {
            return;
        }
        backend.observers().observe(observed, Channels.tensor(2), tracking, parameter(Kind.CURRENT_RANGE));
    }

    /// The current's scale from what was observed.
    void scaleCurrent() {
        if (plan.current() != null) {
            backend.observers().scales(parameter(Kind.CURRENT_RANGE), 1, plan.current(),
                    FakeQuantisation.Scales.symmetric(parameter(Kind.CURRENT_SCALE)));
        }
    }

    /// @param input of the layer: what comes into the network, or the spikes of the layer before
    void forward(SpikingLinear.Input input, int samples) {
        gather(input, samples);
        if (goesBack && currents == null) {
            currents = own(ElementType.F32, shape(batch).rows(input) * geometry.neurons());
        }
        backend.spikingLinear().forward(shape(samples), layer(), gathered(input),
                new SpikingLinear.Outputs(new Lif.Outputs(spikes, counts, membrane, lastMembrane), currents, observed));
    }

    /// @param input         as in the last forward
    /// @param scoreGradient F32 `[B, outputs]` if this is the last layer, else null
    /// @param next          the layer behind this one, null if this is the last
    void backward(SpikingLinear.Input input, int samples, Buffer scoreGradient, NetworkLayer next) {
        backend.spikingLinear().backward(shape(samples), layer(), gathered(input), currents, upstream(scoreGradient, next),
                new SpikingLinear.Gradients(frozen ? null : gradient(Kind.WEIGHT), frozen ? null : gradient(Kind.BIAS), neuronGradients(),
                        currentGradient, inputGradient));
        goesBack = true;
        if (mapGradient != null) {
            backend.patches().scatter(patches(images(input, samples)), inputGradient, mapGradient);
        }
        stepGradients();
    }

    private SpikingLinear.Upstream upstream(Buffer scoreGradient, NetworkLayer next) {
        Buffer ofCounts = scoreGradient != null && !readsMembrane() ? scoreGradient : lossOfCounts ? countGradient : null;
        Buffer ofLast = scoreGradient != null && readsMembrane() ? scoreGradient : null;
        Buffer ofSpikes = next == null || next.sees() ? null : next.mapGradient == null ? next.inputGradient : next.mapGradient;
        Buffer ofMembranes = lossOfMembranes ? membraneGradient : null;
        boolean none = Stream.of(ofCounts, ofLast, ofSpikes, ofMembranes).allMatch(Objects::isNull);
        Lif.Upstream outside = none ? null : new Lif.Upstream(ofSpikes, ofCounts, ofMembranes, ofLast);
        SpikingLinear.Through through = next == null || !next.sees() ? null
                : new SpikingLinear.Through(next.currentGradient, next.geometry.neurons(), next.weights());
        return new SpikingLinear.Upstream(outside, through);
    }

    /// Where scales are learned, from the gradient by the quantised weights to those by weights and scales.
    private void stepGradients() {
        if (!frozen && plan.weights() != null && plan.scales() == LayerPlan.Scales.LEARNED) {
            Buffer weight = gradient(Kind.WEIGHT);
            backend.fakeQuantisation().stepGradients(parameter(Kind.WEIGHT), weight, channels(), plan.weights(),
                    FakeQuantisation.Scales.symmetric(parameter(Kind.WEIGHT_SCALE)), FakeQuantisation.StepRule.LSQ,
                    FakeQuantisation.stepFactor(geometry.inputs(), plan.weights()),
                    new FakeQuantisation.StepGradients(weight, gradient(Kind.WEIGHT_SCALE), null));
        }
    }

    private Lif.Gradients neuronGradients() {
        if (frozen) {
            return Lif.Gradients.NONE;
        }
        return new Lif.Gradients(options.learnLeak() ? gradient(Kind.LEAK) : null, options.learnThreshold() ? gradient(Kind.THRESHOLD) : null,
                plainNeurons.slope() == null ? null : gradient(Kind.SLOPE), plainNeurons.offset() == null ? null : gradient(Kind.OFFSET));
    }

    @Override
    public void close() {
        owned.forEach(Buffer::close);
    }
}
