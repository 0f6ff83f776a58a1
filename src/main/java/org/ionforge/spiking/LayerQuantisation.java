package org.ionforge.spiking;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Observers;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.StateLevels;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.quantization.SharedScale;
import org.ionforge.spiking.ParameterTable.Kind;

/// How a layer is quantised at the moment: its plan, and where the scales of weights and currents come from.
final class LayerQuantisation implements AutoCloseable {

    /// Elements of the largest table of a membrane's levels.
    private static final int MOST_LEVELS = 512;
    /// Of biases in multiples of a shared scale.
    private static final QuantisationScheme WHOLE = QuantisationScheme.symmetric(Short.MIN_VALUE, Short.MAX_VALUE).perChannel();

    private final Backend backend;
    private final NetworkShape.Layer geometry;
    private final LayerParameters parameters;
    private final List<Buffer> owned = new ArrayList<>();
    private final Buffer currentRange;
    private final Buffer weightRange;
    private final Buffer levels;
    /// What `levels` holds, null for nothing.
    private StateLevels state;
    private LayerPlan plan = LayerPlan.FLOAT;
    private boolean observing = true;
    /// F32 `[N]`: biases in multiples of a shared scale; null until there was one.
    private Buffer wholeBias;

    LayerQuantisation(Backend backend, NetworkShape.Layer geometry, LayerParameters parameters) {
        this.backend = backend;
        this.geometry = geometry;
        this.parameters = parameters;
        currentRange = own(2);
        weightRange = own(2L * geometry.neurons());
        levels = own(MOST_LEVELS);
    }

    private Buffer own(long length) {
        Buffer buffer = backend.allocate(ElementType.F32, length);
        owned.add(buffer);
        return buffer;
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

    private float sharedScale() {
        return JavaArrays.floats(parameters.of(Kind.WEIGHT_SCALE), 1)[0];
    }

    /// Whether [#observeCurrent] and [#observeWeights] do anything.
    void observe(boolean on) {
        observing = on;
    }

    /// F32 `[2]`: where a forward pass puts the smallest and the largest current.
    Buffer currentRange() {
        return currentRange;
    }

    /// The neurons with membranes as the plan has them.
    LifNeurons neurons(LifNeurons plain) {
        return plan.state() == null ? plain : plain.rounded(state, levels);
    }

    /// Null for currents in floats.
    SpikingLinear.Quantisation current() {
        return plan.current() == null ? null : new SpikingLinear.Quantisation(plan.current(), parameters.of(Kind.CURRENT_SCALE), true);
    }

    SpikingLinear.Weights weights() {
        return new SpikingLinear.Weights(parameters.of(Kind.WEIGHT), bias(), plan.weights() == null ? null
                : new SpikingLinear.Quantisation(plan.weights(), parameters.of(Kind.WEIGHT_SCALE), plan.scales() != LayerPlan.Scales.LEARNED));
    }

    /// The gradient of a rounded bias is that of the bias.
    private Buffer bias() {
        if (!plan.shares()) {
            return parameters.of(Kind.BIAS);
        }
        if (wholeBias == null) {
            wholeBias = own(geometry.neurons());
        }
        backend.fakeQuantisation().quantise(parameters.of(Kind.BIAS), Channels.rows(geometry.neurons(), 1), WHOLE, weightScales(),
                new FakeQuantisation.Outputs(wholeBias, null, null, null));
        return wholeBias;
    }

    private FakeQuantisation.Scales weightScales() {
        return FakeQuantisation.Scales.symmetric(parameters.of(Kind.WEIGHT_SCALE));
    }

    private Channels channels() {
        return Channels.rows(geometry.neurons(), geometry.inputs());
    }

    /// Multiplies the threshold; where weights and membrane share a scale, it stays a multiple of that.
    void scaleThreshold(double factor) {
        Buffer thresholds = parameters.of(Kind.THRESHOLD);
        float threshold = (float) (JavaArrays.floats(thresholds)[0] * factor);
        JavaArrays.replace(thresholds, new float[] {plan.shares() ? SharedScale.multiple(threshold, sharedScale()) : threshold});
    }

    /// Scales of the weights from the weights as they are, where they are observed.
    void observeWeights() {
        if (observing && plan.weights() != null && plan.scales() == LayerPlan.Scales.OBSERVED) {
            backend.observers().reset(weightRange, geometry.neurons());
            backend.observers().observe(parameters.of(Kind.WEIGHT), channels(), Observers.Tracking.minMax(), weightRange);
            backend.observers().scales(weightRange, geometry.neurons(), plan.weights(), weightScales());
        }
    }

    /// Scales to begin with, where they are learned: `2·mean(|w|)/√highest` of each channel; or the shared one, to the end.
    void beginScales() {
        if (plan.weights() != null && plan.scales() == LayerPlan.Scales.LEARNED) {
            backend.fakeQuantisation().initialSteps(parameters.of(Kind.WEIGHT), channels(), plan.weights(), parameters.of(Kind.WEIGHT_SCALE));
        }
        if (plan.shares()) {
            float[] scales = new float[geometry.neurons()];
            Arrays.fill(scales, SharedScale.of(JavaArrays.floats(parameters.of(Kind.WEIGHT)), plan.weights()));
            JavaArrays.replace(parameters.of(Kind.WEIGHT_SCALE), scales);
            scaleThreshold(1);
            plan(plan);
        }
    }

    /// Nothing has been seen of the current.
    void resetCurrentRange() {
        backend.observers().reset(parameters.of(Kind.CURRENT_RANGE), 1);
    }

    /// Takes the range of the last forward's current into what was observed.
    void observeCurrent(Observers.Tracking tracking) {
        if (observing) {
            backend.observers().observe(currentRange, Channels.tensor(2), tracking, parameters.of(Kind.CURRENT_RANGE));
        }
    }

    /// The current's scale from what was observed.
    void scaleCurrent() {
        if (plan.current() != null) {
            backend.observers().scales(parameters.of(Kind.CURRENT_RANGE), 1, plan.current(),
                    FakeQuantisation.Scales.symmetric(parameters.of(Kind.CURRENT_SCALE)));
        }
    }

    /// Where scales are learned, from the gradient by the quantised weights to those by weights and scales.
    void stepGradients(LayerParameters gradients) {
        if (plan.weights() != null && plan.scales() == LayerPlan.Scales.LEARNED) {
            Buffer weight = gradients.of(Kind.WEIGHT);
            backend.fakeQuantisation().stepGradients(parameters.of(Kind.WEIGHT), weight, channels(), plan.weights(), weightScales(),
                    FakeQuantisation.StepRule.LSQ, FakeQuantisation.stepFactor(geometry.inputs(), plan.weights()),
                    new FakeQuantisation.StepGradients(weight, gradients.of(Kind.WEIGHT_SCALE), null));
        }
    }

    @Override
    public void close() {
        owned.forEach(Buffer::close);
    }
}
