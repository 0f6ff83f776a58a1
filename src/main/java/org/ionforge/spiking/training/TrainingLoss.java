package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.Lif;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.spiking.SpikingNetwork;

/// What a network is trained for: the cross entropy of its answers, and the losses of its spikes and membranes. Sums stay on the
/// backend until they are asked for.
final class TrainingLoss implements AutoCloseable {

    private static final List<String> NAMES = List.of("rate", "energy", "consistency", "latency", "distillation");

    private final Backend backend;
    private final SpikingNetwork network;
    private final LossWeights weights;
    private final List<Double> gains;
    private final Buffer totals;
    private final Buffer activity;
    private SpikingNetwork teacher;
    private long batches;

    TrainingLoss(Backend backend, SpikingNetwork network, LossWeights weights) {
        this.backend = backend;
        this.network = network;
        this.weights = weights;
        gains = new ArrayList<>(Collections.nCopies(network.options().shape().layers().size(), weights.rate()));
        totals = backend.allocate(ElementType.F64, CrossEntropy.TOTALS);
        activity = backend.allocate(ElementType.F64, ActivityLosses.TOTALS);
        if (weights.ofMembranes()) {
            network.keepMembranes();
        }
    }

    /// Follows a network in floats from now on, if the distillation has a weight.
    ///
    /// @param parameters of that network
    void follow(float[] parameters) {
        if (weights.distillation() > 0) {
            if (teacher == null) {
                teacher = new SpikingNetwork(backend, network.options(), network.batch());
                teacher.keepMembranes();
            }
            JavaArrays.replace(teacher.parameters(), parameters);
        }
    }

    /// Weight of the rate loss of each layer.
    List<Double> gains() {
        return List.copyOf(gains);
    }

    void gain(int layer, double gain) {
        gains.set(layer, gain);
    }

    /// An epoch begins, or goes on with these sums.
    void begin(double loss, double right, double samples) {
        try (Arena arena = Arena.ofConfined()) {
            totals.upload(arena.allocateFrom(ValueLayout.JAVA_DOUBLE, loss, right, samples));
        }
        activity.fill((byte) 0);
        batches = 0;
    }

    /// Losses of the batch of the last forward, and their gradients where backward looks for them.
    ///
    /// @param first    position of the batch in the order of the samples
    /// @param quantised whether a teacher is followed
    void add(Batches samples, Input input, int first, int count, boolean quantised) {
        backend.crossEntropy().add(new CrossEntropy.Shape(count, network.options().shape().outputs()), network.scores(),
                network.options().scoreScale(), samples.targets(first), network.scoreGradient(), totals);
        boolean follows = quantised && teacher != null;
        if (follows) {
            teacher.forward(input, count);
        }
        for (int layer = 0; layer < gains.size(); layer++) {
            boolean hidden = layer < gains.size() - 1;
            Lif.Shape shape = network.shape(layer, count).lif();
            boolean rate = hidden && gains.get(layer) > 0;
            if (rate) {
                backend.activityLosses().addRate(shape, network.counts(layer), gains.get(layer).floatValue(), (float) weights.target(),
                        network.countGradient(layer), activity);
            }
            ActivityLosses.Terms terms = terms(layer, follows, hidden ? null : samples.targets(first));
            boolean membranes = terms.energy() > 0 || terms.consistency() > 0 || terms.latency() != null || terms.distillation() != null;
            if (membranes) {
                backend.activityLosses().addMembrane(shape, network.membrane(layer), terms, network.membraneGradient(layer), activity);
            }
            network.losses(layer, rate, membranes);
        }
        batches++;
    }

    /// @param targets of the last layer; null for a hidden one
    private ActivityLosses.Terms terms(int layer, boolean follows, CrossEntropy.Targets targets) {
        ActivityLosses.Latency latency = weights.latency() == 0 || targets == null ? null : new ActivityLosses.Latency((float) weights.latency(),
                network.options().surrogate().slope(), network.layer(layer).neurons().threshold(), targets);
        return new ActivityLosses.Terms((float) weights.energy(), (float) weights.consistency(), latency,
                follows ? new ActivityLosses.Distillation((float) weights.distillation(), teacher.membrane(layer)) : null);
    }

    /// Sum of cross entropies, right answers, samples since the epoch began.
    double[] totals() {
        return Judge.totals(totals);
    }

    /// The other losses, mean over the batches since [#begin], without their weights; only those that have one.
    Map<String, Double> activity() {
        Map<String, Double> means = new LinkedHashMap<>();
        double[] used = {gains.stream().mapToDouble(gain -> gain).sum(), weights.energy(), weights.consistency(), weights.latency(), weights.distillation()};
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(ValueLayout.JAVA_DOUBLE, ActivityLosses.TOTALS);
            activity.download(host);
            for (int i = 0; i < NAMES.size(); i++) {
                if (used[i] > 0 && batches > 0) {
                    means.put(NAMES.get(i), host.getAtIndex(ValueLayout.JAVA_DOUBLE, i) / batches);
                }
            }
        }
        return means;
    }

    @Override
    public void close() {
        totals.close();
        activity.close();
        if (teacher != null) {
            teacher.close();
        }
    }
}
