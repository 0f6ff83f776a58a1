package org.ionforge.spiking.integer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.ionforge.compute.Backend;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.Latency;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.energy.EnergyMeter;
import org.ionforge.telemetry.energy.EnergyReading;
import org.ionforge.training.Proportion;

/// Runs a quantised model over a data set: first all samples, for accuracy and spikes, which warms everything up; then batches
/// against the clock, from samples in host memory to scores in host memory.
public final class Inference {

    /// Calls that are timed at most.
    private static final int MOST_CALLS = 2000;
    private static final int FEWEST_CALLS = 30;

    private final QuantisedModel model;
    private final LabelledSamples samples;
    private final int batch;
    private final Backend backend;
    /// Bytes of the backend before.
    private final long taken;
    private final IntegerNetwork network;
    private final IntegerInput input;
    private final MemorySegment scores;

    private Inference(QuantisedModel model, LabelledSamples samples, int batch, Backend backend, long taken, IntegerNetwork network,
                      IntegerInput input, MemorySegment scores) {
        this.model = model;
        this.samples = samples;
        this.batch = batch;
        this.backend = backend;
        this.taken = taken;
        this.network = network;
        this.input = input;
        this.scores = scores;
    }

    /// @param batch most samples of a call
    /// @throws org.ionforge.errors.InputException if the model takes other samples
    public static InferenceMetrics run(Backend backend, QuantisedModel model, LabelledSamples samples, int batch, Progress progress) {
        int most = Math.min(batch, samples.size());
        long taken = backend.restartPeak();
        try (IntegerInput input = new IntegerInput(backend, model, samples, most);
             IntegerNetwork network = new IntegerNetwork(backend, model, most); Arena arena = Arena.ofConfined()) {
            MemorySegment scores = arena.allocate(ValueLayout.JAVA_FLOAT, (long) most * model.shape().outputs());
            return new Inference(model, samples, most, backend, taken, network, input, scores).run(progress);
        }
    }

    private InferenceMetrics run(Progress progress) {
        Activity activity = new Activity(model);
        long right = all(activity, progress);
        int calls = Math.clamp(samples.size() / batch, FEWEST_CALLS, MOST_CALLS);
        double[] milliseconds = new double[calls];
        try (EnergyMeter meter = EnergyMeter.start()) {
            time(milliseconds, progress);
            return metrics(new Proportion(right, samples.size()), activity, milliseconds, meter.stop());
        }
    }

    /// @return right answers
    private long all(Activity activity, Progress progress) {
        progress.begin("inference", samples.size(), "samples");
        long right = 0;
        for (int first = 0; first < samples.size(); first += batch) {
            int count = Math.min(batch, samples.size() - first);
            MemorySegment prepared = input.prepare(first, count);
            call(prepared, count);
            right += samples.right(scores.toArray(ValueLayout.JAVA_FLOAT), model.shape().outputs(), first, count);
            activity.add(prepared, network, count);
            progress.advance(count);
        }
        return right;
    }

    private void time(double[] milliseconds, Progress progress) {
        progress.begin("timing", milliseconds.length, "calls");
        for (int i = 0; i < milliseconds.length; i++) {
            MemorySegment prepared = input.prepare((int) ((long) i * batch % (samples.size() - batch + 1)), batch);
            long start = System.nanoTime();
            call(prepared, batch);
            milliseconds[i] = (System.nanoTime() - start) * 1e-6;
            progress.advance(1);
        }
    }

    private void call(MemorySegment prepared, int count) {
        network.forward(input.upload(prepared), count);
        network.scores().download(scores.asSlice(0, (long) count * model.shape().outputs() * Float.BYTES));
    }

    private InferenceMetrics metrics(Proportion accuracy, Activity activity, double[] milliseconds, List<EnergyReading> energy) {
        Latency latency = Latency.of(milliseconds);
        LayerSpikes last = activity.layers().getLast();
        double rate = LayerSpikes.rate(activity.layers());
        double size = samples.size();
        return new InferenceMetrics(accuracy.share(), accuracy.low(), accuracy.high(), accuracy.of(),
                milliseconds.length * (double) batch / (Arrays.stream(milliseconds).sum() * 1e-3), batch, latency.p50Ms(), latency.p95Ms(), latency.p99Ms(),
                latency.calls(), ModelFile.byteSize(model), network.weightBytes(), backend.peakBytes() - taken, rate, 1 - rate,
                activity.layers().stream().map(LayerSpikes::rate).toList(), last.answerStep(), last.silent(),
                activity.layers().stream().map(LayerSpikes::firstStep).toList(), activity.accumulates() / size, activity.multiplyAccumulates() / size,
                activity.denseOperations() / size, activity.connectionSparsity(), energy, model.shape().toString(), model.steps(), bits(), backend.name());
    }

    private String bits() {
        return model.layers().stream().map(layer -> Integer.toString(layer.weights().bits())).distinct().collect(Collectors.joining(","));
    }
}
