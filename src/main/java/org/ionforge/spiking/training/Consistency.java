package org.ionforge.spiking.training;

import java.util.List;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.Surrogate;
import org.ionforge.errors.InputException;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.encoding.Direct;
import org.ionforge.spiking.integer.QuantisedModel;

/// Whether what is asked of a training can be done, as far as it can be told without its data: choices that contradict each other, and
/// networks that would be trained for hours and then have no integers.
public final class Consistency {

    private Consistency() {
    }

    /// @param presentation as of the data set that will be used; any length of recordings will do
    /// @throws InputException saying what does not go together, and what to change
    public static void check(NetworkOptions network, Presentation presentation, TrainingPlan plan) {
        if (presentation.microseconds() > 0 && !(presentation.encoder() instanceof Direct)) {
            throw new InputException("recordings of events are spikes already: the encoder '" + presentation.encoder().name() + "' has no values to encode; "
                    + "leave it at 'direct'");
        }
        checkNeurons(network);
        for (Stage stage : plan.stages()) {
            stage.plan().layers().forEach(layer -> checkMembranes(network, layer));
        }
        if (plan.stages().getLast().plan().integer()) {
            checkIntegers(network, presentation);
        }
    }

    private static void checkNeurons(NetworkOptions network) {
        LifDialect.Charge charge = network.dialect().charge();
        requireWithin("the leak, " + List.of("β", "τ in steps", "dt/τ").get(charge.ordinal()) + " of this dialect,", network.leak(),
                ParameterGroups.smallestLeak(charge), ParameterGroups.largestLeak(charge));
        if (network.surrogate().shape() == Surrogate.Shape.LEARNABLE) {
            requireWithin("the slope of a learnable surrogate", network.surrogate().slope(), Surrogate.MINIMUM_SLOPE, Surrogate.MAXIMUM_SLOPE);
        }
    }

    private static void requireWithin(String what, float value, float low, float high) {
        if (!(value >= low && value <= high)) {
            throw new InputException(what + " is " + value + "; it has to be " + (high == Float.POSITIVE_INFINITY ? "at least " + low : "from " + low + " to " + high));
        }
    }

    private static void checkMembranes(NetworkOptions network, LayerPlan layer) {
        if (layer.shares()) {
            checkShared(network);
        }
        if (layer.state() != null) {
            try {
                layer.state().requireFit(network.dialect());
            } catch (IllegalArgumentException e) {
                throw new InputException("the levels of the membranes do not fit the dialect of the neurons: " + e.getMessage()
                        + "; take other levels, or a dialect that multiplies the membrane by β", e);
            }
        }
    }

    /// A step of integers without a multiplier.
    private static void checkShared(NetworkOptions network) {
        if (!network.dialect().equals(LifDialect.MINT)) {
            throw new InputException("weights and membranes share a scale with neurons of the dialect 'mint' only");
        }
        if (!(network.leak() > 0) || Math.scalb(1f, Math.getExponent(network.leak())) != network.leak()) {
            throw new InputException("the leak of 'mint' is a shift of integers: a power of two up to 1, such as 0.5, not " + network.leak());
        }
        if (network.learnLeak() || network.learnThreshold()) {
            throw new InputException("leak and threshold of 'mint' are a shift and a whole number of scales, which no gradient moves: neither can be learned");
        }
    }

    private static void checkIntegers(NetworkOptions network, Presentation presentation) {
        try {
            QuantisedModel.check(network.shape(), network.steps(), presentation.inputForm());
        } catch (IllegalArgumentException e) {
            throw new InputException("the network " + network.shape() + " can be trained but has no integers: " + e.getMessage()
                    + "; take another network or encoder, or 32 bits to keep floats", e);
        }
    }
}
