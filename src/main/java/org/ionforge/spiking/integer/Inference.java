package org.ionforge.spiking.integer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.telemetry.Latency;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.Proportion;

/// Runs a quantised model over a data set: first all samples, for accuracy and spikes, which warms everything up; then batches
/// against the clock, from samples in host memory to scores in host memory.
public final class Inference {

    /// Calls that are timed at most.
    private static final int MOST_CALLS = 2000;
    private static final int FEWEST_CALLS = 30;

    /// What a model does.
    ///
    /// @param accuracy         share of samples whose class has the largest score
    /// @param spikeRates       of each layer: share of (sample, step, position, neuron) with a spike
    /// @param spikeRate        the same of all neurons
    /// @param samplesPerSecond of the timed calls
    /// @param latency          of a call, a whole batch
    /// @param weightBytes      of the weights as they lie in the backend's memory
    public record Result(Proportion accuracy, List<Double> spikeRates, double spikeRate, int batch, double samplesPerSecond, Latency latency,
                         long weightBytes) {

        public Result {
            spikeRates = List.copyOf(spikeRates);
        }
    }

    private final QuantisedModel model;
    private final LabelledSamples samples;
    private final int batch;
    private final IntegerNetwork network;
    private final IntegerInput input;
    private final MemorySegment scores;

    private Inference(QuantisedModel model, LabelledSamples samples, int batch, IntegerNetwork network, IntegerInput input, MemorySegment scores) {
        this.model = model;
        this.samples = samples;
        this.batch = batch;
        this.network = network;
        this.input = input;
        this.scores = scores;
    }

    /// @param batch most samples of a call
    /// @throws org.ionforge.errors.InputException if the model takes other samples
    public static Result run(Backend backend, QuantisedModel model, LabelledSamples samples, int batch, Progress progress) {
        int most = Math.min(batch, samples.size());
        try (IntegerInput input = new IntegerInput(backend, model, samples, most);
             IntegerNetwork network = new IntegerNetwork(backend, model, most); Arena arena = Arena.ofConfined()) {
            MemorySegment scores = arena.allocate(ValueLayout.JAVA_FLOAT, (long) most * model.shape().outputs());
            return new Inference(model, samples, most, network, input, scores).run(progress);
        }
    }

    private Result run(Progress progress) {
        progress.begin("inference", samples.size(), "samples");
        long right = 0;
        long[] spikes = new long[model.layers().size()];
        for (int first = 0; first < samples.size(); first += batch) {
            int count = Math.min(batch, samples.size() - first);
            call(input.prepare(first, count), count);
            right += samples.right(scores.toArray(ValueLayout.JAVA_FLOAT), model.shape().outputs(), first, count);
            for (int layer = 0; layer < spikes.length; layer++) {
                spikes[layer] += spikes(layer, count);
            }
            progress.advance(count);
        }
        int calls = Math.clamp(samples.size() / batch, FEWEST_CALLS, MOST_CALLS);
        progress.begin("timing", calls, "calls");
        double[] milliseconds = new double[calls];
        for (int i = 0; i < calls; i++) {
            MemorySegment prepared = input.prepare((int) ((long) i * batch % (samples.size() - batch + 1)), batch);
            long start = System.nanoTime();
            call(prepared, batch);
            milliseconds[i] = (System.nanoTime() - start) * 1e-6;
            progress.advance(1);
        }
        double perSecond = calls * (double) batch / (Arrays.stream(milliseconds).sum() * 1e-3);
        return result(new Proportion(right, samples.size()), spikes, perSecond, Latency.of(milliseconds));
    }

    private void call(MemorySegment prepared, int count) {
        network.forward(input.upload(prepared), count);
        network.scores().download(scores.asSlice(0, (long) count * model.shape().outputs() * Float.BYTES));
    }

    private long spikes(int layer, int count) {
        NetworkShape.Image out = model.shape().layer(layer).out();
        long words = (long) model.steps() * count * out.positions() * ((out.channels() + Integer.SIZE - 1) / Integer.SIZE);
        return bits(network.spikes(layer), words);
    }

    /// Number of bits in the first words of a buffer.
    static long bits(Buffer buffer, long words) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(ValueLayout.JAVA_INT, words);
            buffer.download(host);
            long bits = 0;
            for (long i = 0; i < words; i++) {
                bits += Integer.bitCount(host.getAtIndex(ValueLayout.JAVA_INT, i));
            }
            return bits;
        }
    }

    private Result result(Proportion accuracy, long[] spikes, double perSecond, Latency latency) {
        List<Double> rates = new ArrayList<>();
        double neurons = 0;
        double chances = (double) samples.size() * model.steps();
        for (int layer = 0; layer < spikes.length; layer++) {
            int size = model.shape().layer(layer).out().size();
            neurons += size;
            rates.add(spikes[layer] / (chances * size));
        }
        return new Result(accuracy, rates, Arrays.stream(spikes).sum() / (chances * neurons), batch, perSecond, latency, network.weightBytes());
    }
}
