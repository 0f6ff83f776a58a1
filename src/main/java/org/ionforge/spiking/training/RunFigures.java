package org.ionforge.spiking.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.Lif;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.encoding.EncodedBatch;
import org.ionforge.spiking.encoding.Encoder;
import org.ionforge.spiking.encoding.EncodingFigures;
import org.ionforge.spiking.encoding.SpikeEncoder;
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.report.SpikingReport;
import org.ionforge.training.Phase;
import org.ionforge.training.PhaseRecord;
import org.ionforge.training.Proportion;

/// What a report shows of a training: its epochs, the accuracy at each width, and a look into the network as it is in the end.
final class RunFigures {

    private static final int BINS = 60;
    private static final int RASTER_NEURONS = 100;
    private static final int MEMBRANE_SAMPLES = 32;
    private static final int ENCODED_SAMPLES = 100;
    private static final double SPREAD = 4;
    private static final List<String> ENCODERS = List.of("rate", "latency", "population", "burst", "phase");

    private final Backend backend;
    private final SpikingNetwork network;
    private final Batches testing;
    private final LabelledSamples samples;
    private final NetworkShape floats;

    /// @param network quantising as in the end
    /// @param testing of `samples`, all of them taken in their order
    /// @param floats  shape of the network in its warm-up, before any pruning
    RunFigures(Backend backend, SpikingNetwork network, Batches testing, LabelledSamples samples, NetworkShape floats) {
        this.backend = backend;
        this.network = network;
        this.testing = testing;
        this.samples = samples;
        this.floats = floats;
    }

    /// Commands and facts of the run are left empty.
    ///
    /// @param inference of the integers, null if there are none
    SpikingReport of(TrainingReport report, List<SpikingReport.Allocation> bits, InferenceMetrics inference) {
        return new SpikingReport(List.of(), Map.of(), report.history().stream().map(RunFigures::epoch).toList(), layers(report, inference), rasters(),
                models(report), bits, encoders(), List.of(), report.health().stream().map(event -> new SpikingReport.Event(event.epoch(), event.phase(),
                event.action(), event.layer() == null ? null : event.layer() + 1, event.why())).toList(), inference);
    }

    private static SpikingReport.Epoch epoch(EpochFigures epoch) {
        boolean quantised = epoch.phase() != Phase.WARM_UP;
        return new SpikingReport.Epoch(epoch.epoch(), epoch.phase().name(), epoch.bits(), epoch.rate(), epoch.loss(), epoch.accuracy(), epoch.judgedLoss(),
                epoch.judged(), epoch.seconds(), epoch.layers().stream().map(layer -> new SpikingReport.LayerEpoch(layer.spikeRate(),
                quantised ? layer.weightScale() : null, layer.saturation() == null ? null : layer.currentScale(), layer.gradientNorm(), layer.threshold(),
                layer.saturation())).toList());
    }

    /// The floats after their warm-up, and what each calibration left.
    private List<SpikingReport.Model> models(TrainingReport report) {
        List<SpikingReport.Model> models = new ArrayList<>();
        List<PhaseRecord> phases = report.phases();
        for (int i = 0; i < phases.size(); i++) {
            PhaseRecord phase = phases.get(i);
            boolean longer = i + 1 < phases.size() && phases.get(i + 1).phase() == Phase.WARM_UP;
            if (phase.phase() == Phase.CALIBRATION || phase.phase() == Phase.WARM_UP && !longer) {
                Proportion right = new Proportion(Math.round(phase.figures().get("accuracy") * testing.size()), testing.size());
                models.add(new SpikingReport.Model(name(phase.bits()), phase.bits(), right.share(), right.low(), right.high(), testing.size(), bytes(phase.bits())));
            }
        }
        if (report.linearAccuracy() != null) {
            Proportion right = new Proportion(Math.round(report.linearAccuracy() * testing.size()), testing.size());
            models.add(new SpikingReport.Model("linear model", SpikingReport.Model.LINEAR, right.share(), right.low(), right.high(), testing.size(),
                    (samples.features() + 1L) * samples.classes() * Float.BYTES));
        }
        return models;
    }

    private static String name(String bits) {
        return switch (bits) {
            case "32" -> "FP32";
            case "8", "4", "2" -> "INT" + bits;
            default -> bits.contains(",") ? bits + " bits" : bits;
        };
    }

    /// Of weights, scales and biases, as named in plans.
    private long bytes(String bits) {
        QuantisationPlan plan = QuantisationPlan.named(bits, floats.layers().size());
        List<NetworkShape.Layer> layers = (plan.quantises() ? network.options().shape() : floats).layers();
        return IntStream.range(0, layers.size()).mapToLong(i -> bytes(layers.get(i), plan.layer(i))).sum();
    }

    private static long bytes(NetworkShape.Layer layer, LayerPlan plan) {
        long rows = layer.neurons();
        if (plan.weights() == null) {
            return rows * (layer.inputs() + 1L) * Float.BYTES;
        }
        return rows * (plan.weights().packedBytes(layer.inputs()) + 2L * Float.BYTES);
    }

    private List<SpikingReport.Layer> layers(TrainingReport report, InferenceMetrics inference) {
        List<SpikingReport.Layer> layers = new ArrayList<>();
        int count = Math.min(MEMBRANE_SAMPLES, Math.min(network.batch(), testing.taken()));
        Input input = testing.load(0, count);
        network.forward(input, count);
        QuantisationPlan plan = network.plan();
        for (int index = 0; index < network.options().shape().layers().size(); index++) {
            NetworkShape.Layer layer = network.options().shape().layer(index);
            float threshold = JavaArrays.floats(network.layer(index).neurons().threshold())[0];
            Double rate = inference != null ? inference.spikeRates().get(index)
                    : report.history().isEmpty() ? null : report.history().getLast().layers().get(index).spikeRate();
            layers.add(new SpikingReport.Layer("layer " + (index + 1), kind(layer), (long) layer.neurons() * layer.inputs(), plan.layer(index).name(),
                    bytes(layer, plan.layer(index)), rate, threshold, histogram(membranes(index, input, count), threshold)));
        }
        return layers;
    }

    private static String kind(NetworkShape.Layer layer) {
        String what = layer.convolutional() ? layer.neurons() + " kernels of " + layer.kernel() + "×" + layer.kernel() + "×" + layer.in().channels()
                : layer.inputs() + " → " + layer.neurons();
        return layer.pool() > 1 ? "sums of " + layer.pool() + "×" + layer.pool() + ", " + what : what;
    }

    /// U of a layer in the last forward.
    private float[] membranes(int index, Input input, int count) {
        SpikingLinear.Shape shape = network.shape(index, count);
        try (Buffer membrane = backend.allocate(ElementType.F32, shape.lif().elements())) {
            network.forward(index, input, count, new SpikingLinear.Outputs(new Lif.Outputs(null, null, membrane, null), null, null));
            return JavaArrays.floats(membrane);
        }
    }

    /// Four standard deviations about the mean, as far as there are values, and always 0 and θ.
    static SpikingReport.Histogram histogram(float[] values, float threshold) {
        double sum = 0;
        double squares = 0;
        float smallest = 0;
        float largest = threshold;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
            smallest = Math.min(smallest, value);
            largest = Math.max(largest, value);
        }
        double mean = sum / values.length;
        double deviation = Math.sqrt(Math.max(0, squares / values.length - mean * mean));
        double from = Math.max(smallest, Math.min(0, mean - SPREAD * deviation));
        double to = Math.min(largest, Math.max(threshold, mean + SPREAD * deviation));
        double width = (to - from) * (1 + 1e-9) / BINS;
        long[] counts = new long[BINS + 2];
        for (float value : values) {
            counts[(int) Math.clamp(Math.floor((value - from) / width) + 1, 0, BINS + 1)]++;
        }
        return new SpikingReport.Histogram(from, width, Arrays.stream(counts, 1, BINS + 1).boxed().toList(), counts[0], counts[BINS + 1]);
    }

    /// Of the first sample.
    private List<SpikingReport.Raster> rasters() {
        if (testing.taken() == 0) {
            return List.of();
        }
        network.forward(testing.load(0, 1), 1);
        String sample = String.format(Locale.ROOT, "test sample 1, class %d", samples.label(0));
        return IntStream.range(0, network.options().shape().layers().size()).mapToObj(layer -> raster(layer, sample)).toList();
    }

    private SpikingReport.Raster raster(int index, String sample) {
        NetworkShape.Layer layer = network.options().shape().layer(index);
        int steps = network.options().steps();
        int neurons = layer.out().size();
        int words = (layer.neurons() + Integer.SIZE - 1) / Integer.SIZE;
        int row = layer.out().positions() * words;
        int shown = Math.min(RASTER_NEURONS, neurons);
        int[] all = JavaArrays.ints(network.spikes(index), steps * row);
        List<int[]> spikes = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < shown; i++) {
                int neuron = (int) ((long) i * neurons / shown);
                int channel = neuron % layer.neurons();
                int word = all[step * row + neuron / layer.neurons() * words + channel / Integer.SIZE];
                if ((word >>> channel % Integer.SIZE & 1) != 0) {
                    spikes.add(new int[] {step, i});
                }
            }
        }
        return new SpikingReport.Raster(sample, "layer " + (index + 1), steps, shown, neurons, spikes);
    }

    /// Of values; recordings of events are spikes already.
    private List<SpikingReport.Encoder> encoders() {
        if (!(samples instanceof ValueSamples values)) {
            return List.of();
        }
        int[] chosen = IntStream.range(0, Math.min(ENCODED_SAMPLES, values.size())).toArray();
        List<SpikingReport.Encoder> encoders = new ArrayList<>();
        for (String name : ENCODERS) {
            if (Encoder.named(name, 0) instanceof SpikeEncoder encoder) {
                EncodingFigures figures = EncodedBatch.of(encoder, values, chosen, 0, network.options().steps()).figures();
                encoders.add(new SpikingReport.Encoder(name, figures.rate(), figures.sparsity(), figures.meanCount(), figures.countSpread(), figures.silentInputs()));
            }
        }
        return encoders;
    }
}
