package org.ionforge.spiking.verification;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.export.JsonFiles;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.integer.Inference;
import org.ionforge.spiking.integer.IntegerInput;
import org.ionforge.spiking.integer.IntegerNetwork;
import org.ionforge.spiking.integer.LayerSpikes;
import org.ionforge.spiking.integer.QuantisedModel;
import org.ionforge.spiking.integer.SpikeComparison;
import org.ionforge.spiking.training.Batches;
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.Latency;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.Proportion;

/// Measures a run's integer network beside its fake-quantised twin and the network in floats, all on the same samples, and holds it
/// to limits.
public final class Verification implements AutoCloseable {

    /// What lies in the run's folder afterwards.
    public static final String FILE = "verification.json";

    /// Samples whose currents are looked at.
    private static final int CURRENT_SAMPLES = 1024;
    private static final int TIMED_CALLS = 31;

    // The networks, as they are numbered.
    private static final int FLOATS = 0;
    private static final int FAKE = 1;
    private static final int INTEGERS = 2;

    /// What a verification came to.
    ///
    /// @param inference of the integers alone, on the same samples
    public record Report(List<GateResult> gates, Measures measures, InferenceMetrics inference) {

        public Report {
            gates = List.copyOf(gates);
        }

        /// Whether every gate was passed.
        public boolean passed() {
            return gates.stream().allMatch(GateResult::pass);
        }

        /// Leaves the report in a folder.
        public void write(Path folder) {
            JsonFiles.write(folder.resolve(FILE), this);
        }
    }

    private final TrainedRun run;
    private final QuantisedModel model;
    private final LabelledSamples samples;
    private final int batch;
    private final Backend backend;
    private final SpikingNetwork floats;
    private final SpikingNetwork fake;
    private final IntegerNetwork integers;
    private final Batches inputs;
    private final IntegerInput integerInputs;
    private final SpikeComparison spikes;
    private final List<CurrentFigures> currents = new ArrayList<>();
    private final long[] right = new long[3];

    private Verification(TrainedRun run, LabelledSamples samples, int batch, Backend backend) {
        this.run = run;
        this.model = run.model();
        this.samples = samples;
        this.batch = Math.min(batch, samples.size());
        this.backend = backend;
        integerInputs = new IntegerInput(backend, model, samples, this.batch);
        inputs = Batches.of(backend, samples, run.presentation(), model.shape(), this.batch);
        floats = run.floats().load(backend, this.batch);
        fake = run.fake().load(backend, this.batch);
        integers = new IntegerNetwork(backend, model, this.batch);
        spikes = new SpikeComparison(model, 2);
        model.layers().forEach(layer -> currents.add(layer.current() == null ? null : new CurrentFigures(layer.current())));
    }

    /// Runs all three networks over the samples.
    ///
    /// @param batch most samples of a call
    /// @throws org.ionforge.errors.InputException if the samples are no input of the network
    public static Report run(TrainedRun run, LabelledSamples samples, int batch, Limits limits, Backend backend, Progress progress) {
        // Before the other networks take memory.
        InferenceMetrics inference = Inference.run(backend, run.model(), samples, batch, progress);
        try (Verification verification = new Verification(run, samples, batch, backend)) {
            Measures measures = verification.measure(progress);
            return new Report(limits.judge(measures), measures, inference);
        }
    }

    private Measures measure(Progress progress) {
        inputs.take(IntStream.range(0, samples.size()).toArray(), 0);
        progress.begin("verification", samples.size(), "samples");
        for (int first = 0; first < samples.size(); first += batch) {
            int count = Math.min(batch, samples.size() - first);
            compare(first, count);
            progress.advance(count);
        }
        progress.begin("timing", TIMED_CALLS, "calls");
        double[][] times = times(progress);
        List<Measures.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < currents.size(); layer++) {
            CurrentFigures current = currents.get(layer);
            layers.add(new Measures.Layer(spikes.layers().get(layer).rate(), spikes.agreement(layer, FLOATS), current == null ? 0 : current.drift(),
                    current == null ? 0 : current.saturation(), model.largestSum(layer)));
        }
        return new Measures(accuracy(INTEGERS), accuracy(FAKE), accuracy(FLOATS), layers, LayerSpikes.rate(spikes.layers()), spikes.agreement(FLOATS),
                spikes.differing(FAKE), wrongScales(),
                run.modelBytes(), Latency.of(times[1]), Latency.of(times[0]), batch);
    }

    private Proportion accuracy(int network) {
        return new Proportion(right[network], samples.size());
    }

    private void compare(int first, int count) {
        Input input = inputs.load(first, count);
        floats.forward(input, count);
        fake.forward(input, count);
        Buffer codes = integerInputs.upload(integerInputs.prepare(first, count));
        integers.forward(codes, count);
        List<Buffer> scores = List.of(floats.scores(), fake.scores(), integers.scores());
        for (int network = 0; network < scores.size(); network++) {
            int outputs = model.shape().outputs();
            right[network] += samples.right(JavaArrays.floats(scores.get(network), count * outputs), outputs, first, count);
        }
        spikes.add(integers, count, floats::spikes, fake::spikes);
        for (int layer = 0; layer < currents.size(); layer++) {
            if (currents.get(layer) != null && first < CURRENT_SAMPLES) {
                currents.get(layer).add(currents(layer, codes, count));
            }
        }
    }

    private float[] currents(int layer, Buffer codes, int count) {
        int length = Math.toIntExact(integers.currents(layer, count));
        try (Buffer out = backend.allocate(ElementType.F32, length)) {
            integers.currents(layer, codes, count, out);
            return JavaArrays.floats(out, length);
        }
    }

    /// Of the network that was converted.
    private long wrongScales() {
        long wrong = 0;
        float[] parameters = run.fake().parameters();
        for (ParameterTable.Entry entry : new ParameterTable(run.fake().options()).entries()) {
            boolean used = switch (entry.kind()) {
                case WEIGHT_SCALE -> run.fake().plan().layer(entry.layer()).weights() != null;
                case CURRENT_SCALE -> run.fake().plan().layer(entry.layer()).current() != null;
                default -> false;
            };
            for (long i = entry.offset(); used && i < entry.offset() + entry.length(); i++) {
                float scale = parameters[(int) i];
                wrong += scale > 0 && scale < Float.POSITIVE_INFINITY ? 0 : 1;
            }
        }
        return wrong;
    }

    /// Milliseconds of the first batch in floats and in integers, in turn: from input on the backend to scores on the host.
    private double[][] times(Progress progress) {
        Input input = inputs.load(0, batch);
        Buffer codes = integerInputs.upload(integerInputs.prepare(0, batch));
        int scores = batch * model.shape().outputs();
        double[][] times = new double[2][TIMED_CALLS];
        for (int call = -2; call < TIMED_CALLS; call++) {
            long start = System.nanoTime();
            floats.forward(input, batch);
            JavaArrays.floats(floats.scores(), scores);
            long between = System.nanoTime();
            integers.forward(codes, batch);
            JavaArrays.floats(integers.scores(), scores);
            if (call >= 0) {
                times[0][call] = (between - start) * 1e-6;
                times[1][call] = (System.nanoTime() - between) * 1e-6;
                progress.advance(1);
            }
        }
        return times;
    }

    @Override
    public void close() {
        integers.close();
        fake.close();
        floats.close();
        inputs.close();
        integerInputs.close();
    }
}
