package org.ionforge.spiking.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.errors.InputException;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.integer.ModelFile;
import org.ionforge.spiking.integer.QuantisedLayer;
import org.ionforge.spiking.integer.QuantisedModel;
import org.ionforge.spiking.training.NetworkFile;
import org.ionforge.spiking.training.SpikingTraining;
import org.ionforge.telemetry.Latency;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.Proportion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VerificationTest {

    private static final String NETWORK = "600-24-3";

    @TempDir
    private Path folder;

    // --- limits ---

    private static Measures measures(double drop, double rate, double agreement, long wrongScales, double drift, double saturation, long differing,
                                     long sum, long bytes, double latency) {
        Measures.Layer layer = new Measures.Layer(rate, agreement, 0, 0, 5);
        Measures.Layer other = new Measures.Layer(rate, agreement, drift, saturation, sum);
        return new Measures(new Proportion(9000 - Math.round(100 * drop), 10_000), new Proportion(9000, 10_000), new Proportion(9000, 10_000), List.of(layer, other),
                rate, agreement, differing, wrongScales, bytes, new Latency(1, latency, latency, latency), new Latency(1, 2, 2, 2), 1);
    }

    private static Limits limits() {
        return Limits.usual(NetworkShape.parse("784-1000-10"), QuantisationPlan.named("8", 2));
    }

    /// What just passes, and what just does not.
    @ParameterizedTest
    @EnumSource
    void everyGateHasALimitThatCanBeMissed(Gate gate) {
        Measures passing = measures(0.2, 0.05, 0.95, 0, 0.25, 0.01, 0, (1 << 24) - 1, 814_000, 2);
        assertEquals(Set.of(), failed(limits().judge(passing)));
        Measures failing = switch (gate) {
            case ACCURACY_DROP -> measures(0.21, 0.05, 0.95, 0, 0.25, 0.01, 0, 9, 9, 2);
            case SPIKE_RATE_LOW -> measures(0.2, 0.0499, 0.95, 0, 0.25, 0.01, 0, 9, 9, 2);
            case SPIKE_RATE_HIGH -> measures(0.2, 0.3001, 0.95, 0, 0.25, 0.01, 0, 9, 9, 2);
            case TEMPORAL_AGREEMENT -> measures(0.2, 0.05, 0.9499, 0, 0.25, 0.01, 0, 9, 9, 2);
            case FINITE_SCALES -> measures(0.2, 0.05, 0.95, 1, 0.25, 0.01, 0, 9, 9, 2);
            case SCALE_DRIFT -> measures(0.2, 0.05, 0.95, 0, 0.2501, 0.01, 0, 9, 9, 2);
            case SATURATION -> measures(0.2, 0.05, 0.95, 0, 0.25, 0.0101, 0, 9, 9, 2);
            case INTEGER_SPIKES -> measures(0.2, 0.05, 0.95, 0, 0.25, 0.01, 1, 9, 9, 2);
            case EXACT_SUMS -> measures(0.2, 0.05, 0.95, 0, 0.25, 0.01, 0, 1 << 24, 9, 2);
            case MODEL_BYTES -> measures(0.2, 0.05, 0.95, 0, 0.25, 0.01, 0, 9, 830_000, 2);
            case LATENCY_RATIO -> measures(0.2, 0.05, 0.95, 0, 0.25, 0.01, 0, 9, 9, 2.01);
        };
        assertEquals(EnumSet.of(gate), failed(limits().judge(failing)));
        assertFalse(gate.passes(Double.NaN, 1));
    }

    @Test
    void accuracyMayDropMoreWithFewerBits() {
        NetworkShape shape = NetworkShape.parse("784-1000-10");
        assertEquals(0.2, Limits.usual(shape, QuantisationPlan.named("8", 2)).of(Gate.ACCURACY_DROP));
        assertEquals(1, Limits.usual(shape, QuantisationPlan.named("8,4", 2)).of(Gate.ACCURACY_DROP));
        assertEquals(3, Limits.usual(shape, QuantisationPlan.named("ternary", 2)).of(Gate.ACCURACY_DROP));
        assertTrue(Limits.usual(shape, QuantisationPlan.named("8", 2)).of(Gate.MODEL_BYTES) <= 820_000);
        assertTrue(Limits.usual(shape, QuantisationPlan.named("4", 2)).of(Gate.MODEL_BYTES) <= 430_000);
        assertEquals(7, limits().with(Gate.MODEL_BYTES, 7).of(Gate.MODEL_BYTES));
        assertEquals("temporalAgreement", Gate.TEMPORAL_AGREEMENT.key());
        assertEquals("temporal-agreement", Gate.TEMPORAL_AGREEMENT.flag());
    }

    private static Set<Gate> failed(List<GateResult> results) {
        assertEquals(Arrays.stream(Gate.values()).map(Gate::key).toList(), results.stream().map(GateResult::gate).toList());
        return Arrays.stream(Gate.values()).filter(gate -> !results.get(gate.ordinal()).pass()).collect(Collectors.toSet());
    }

    // --- measured ---

    private void write(Backend backend, String bits) {
        SampleRun.write(folder, backend, NETWORK, bits);
    }

    private void sabotage(UnaryOperator<QuantisedModel> change) {
        Path file = folder.resolve(SpikingTraining.INTEGER_MODEL);
        ModelFile.write(file, change.apply(ModelFile.read(file)));
    }

    private static QuantisedModel layers(QuantisedModel model, UnaryOperator<QuantisedLayer> change) {
        return new QuantisedModel(model.shape(), model.steps(), model.readout(), model.input(), model.layers().stream().map(change).toList(), model.notes());
    }

    private static QuantisedLayer threshold(QuantisedLayer l, float factor) {
        float[] other = l.threshold().clone();
        for (int i = 0; i < other.length; i++) {
            other[i] *= factor;
        }
        return new QuantisedLayer(l.neurons(), l.inputs(), l.weights(), l.codes(), l.scales(), l.bias(), l.current(), l.dialect(), l.leak(), other);
    }

    private static QuantisedLayer excited(QuantisedLayer l) {
        float[] bias = new float[l.neurons()];
        Arrays.fill(bias, 1000);
        return new QuantisedLayer(l.neurons(), l.inputs(), l.weights(), l.codes(), l.scales(), bias, null, l.dialect(), l.leak(), l.threshold());
    }

    private static QuantisedLayer current(QuantisedLayer l, float factor) {
        return new QuantisedLayer(l.neurons(), l.inputs(), l.weights(), l.codes(), l.scales(), l.bias(),
                new QuantisedLayer.Current(l.current().scheme(), factor * l.current().scale()), l.dialect(), l.leak(), l.threshold());
    }

    private static QuantisedLayer largest(QuantisedLayer l) {
        byte[] codes = new byte[l.codes().length];
        Arrays.fill(codes, (byte) 127);
        return new QuantisedLayer(l.neurons(), l.inputs(), l.weights(), codes, l.scales(), l.bias(), l.current(), l.dialect(), l.leak(), l.threshold());
    }

    /// Where only what the network itself does is looked at; the weights are random, and timings are not for tests.
    private Limits generous(TrainedRun run) {
        return Limits.usual(run.model().shape(), run.fake().plan()).with(Gate.ACCURACY_DROP, 100).with(Gate.SPIKE_RATE_LOW, 0.01)
                .with(Gate.SPIKE_RATE_HIGH, 0.6).with(Gate.TEMPORAL_AGREEMENT, 0.9).with(Gate.LATENCY_RATIO, 1e9);
    }

    private Verification.Report verify(Backend backend, ValueSamples samples) {
        TrainedRun run = TrainedRun.read(folder);
        return Verification.run(run, samples, 25, generous(run), backend, Progress.SILENT);
    }

    @Test
    void anUntouchedRunPasses() throws IOException {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            ValueSamples samples = SampleRun.samples(arena, 600);
            for (String bits : List.of("8", "4")) {
                write(backend, bits);
                Verification.Report report = verify(backend, samples);
                Measures measures = report.measures();
                assertEquals(Set.of(), failed(report.gates()), measures.toString());
                assertEquals(measures.accuracy(), measures.fakeAccuracy());
                assertTrue(measures.agreement() > 0.9 && measures.agreement() < 1, "quantisation shows: " + measures.agreement());
                double rate = (24 * measures.layers().get(0).spikeRate() + 3 * measures.layers().get(1).spikeRate()) / 27;
                assertEquals(rate, measures.spikeRate(), 1e-12);
                assertTrue(measures.layers().getFirst().scaleDrift() < 0.25);
                assertEquals(Files.size(folder.resolve(SpikingTraining.INTEGER_MODEL)), measures.modelBytes());
                report.write(folder);
                JsonNode written = new ObjectMapper().readTree(folder.resolve(Verification.FILE).toFile());
                assertEquals(11, written.get("gates").size());
                assertEquals(measures.spikeRate(), written.at("/inference/spikeRate").doubleValue(), 1e-12);
                assertEquals(measures.accuracy().share(), written.at("/inference/accuracy").doubleValue());
            }
            assertEquals(0, backend.liveBuffers());
        }
    }

    @Test
    void everyFaultIsFound() {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            ValueSamples samples = SampleRun.samples(arena, 600);
            write(backend, "8");
            sabotage(model -> layers(model, layer -> threshold(layer, 1000)));
            finds(backend, samples, Gate.SPIKE_RATE_LOW, Gate.TEMPORAL_AGREEMENT, Gate.INTEGER_SPIKES);
            write(backend, "8");
            sabotage(model -> layers(model, VerificationTest::excited));
            finds(backend, samples, Gate.SPIKE_RATE_HIGH, Gate.INTEGER_SPIKES);
            write(backend, "8");
            sabotage(model -> layers(model, layer -> current(layer, 0.25f)));
            finds(backend, samples, Gate.SCALE_DRIFT, Gate.SATURATION);
            write(backend, "8");
            sabotage(model -> layers(model, VerificationTest::largest));
            finds(backend, samples, Gate.EXACT_SUMS);
            write(backend, "4");
            sabotage(model -> new QuantisedModel(model.shape(), model.steps(), model.readout(), model.input(), model.layers(), Map.of("more", "-".repeat(5000))));
            finds(backend, samples, Gate.MODEL_BYTES);
            write(backend, "8");
            wrongScale();
            finds(backend, samples, Gate.FINITE_SCALES, Gate.INTEGER_SPIKES);
        }
    }

    private void wrongScale() {
        Path file = folder.resolve(SpikingTraining.MODEL);
        NetworkFile fake = NetworkFile.read(file);
        int at = (int) new ParameterTable(fake.options()).entry(ParameterTable.Kind.WEIGHT_SCALE, 0).offset();
        fake.parameters()[at + 5] = Float.NaN;
        fake.parameters()[at + 6] = 0;
        fake.write(file, Map.of());
    }

    private void finds(Backend backend, ValueSamples samples, Gate... gates) {
        Verification.Report report = verify(backend, samples);
        assertTrue(failed(report.gates()).containsAll(List.of(gates)), report.toString());
        assertFalse(report.passed());
    }

    /// Labels are the answers of the floats; a network that is silent finds the first class only.
    @Test
    void accuracyIsMeasuredAgainstFloats() {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            ValueSamples samples = SampleRun.samples(arena, 600);
            write(backend, "8");
            TrainedRun run = TrainedRun.read(folder);
            Limits limits = generous(run).with(Gate.ACCURACY_DROP, 0.2).with(Gate.LATENCY_RATIO, 0);
            List<Byte> answers = new ArrayList<>();
            for (int i = 0; i < SampleRun.SAMPLES; i++) {
                answers.add(answer(run, samples, i, backend));
            }
            for (int i = 0; i < SampleRun.SAMPLES; i++) {
                samples.labels()[i] = answers.get(i);
            }
            Verification.Report honest = Verification.run(run, samples, 60, limits, backend, Progress.SILENT);
            assertEquals(1, honest.measures().floatAccuracy().share());
            assertEquals(Set.of(Gate.LATENCY_RATIO), failed(honest.gates()).stream().filter(gate -> gate != Gate.ACCURACY_DROP).collect(Collectors.toSet()));
            sabotage(model -> layers(model, layer -> threshold(layer, 1000)));
            Verification.Report silent = Verification.run(TrainedRun.read(folder), samples, 60, limits, backend, Progress.SILENT);
            assertEquals(answers.stream().filter(each -> each == 0).count(), silent.measures().accuracy().hits());
            assertTrue(failed(silent.gates()).contains(Gate.ACCURACY_DROP));
        }
    }

    /// The class for which the floats are right.
    private static byte answer(TrainedRun run, ValueSamples samples, int sample, Backend backend) {
        for (byte label = 0; label < SampleRun.CLASSES; label++) {
            ValueSamples one = new ValueSamples("one", samples.values().asSlice(sample * 2400L, 2400), new byte[] {label}, SampleRun.CLASSES, 1, 1, 600);
            Limits limits = Limits.usual(run.model().shape(), run.fake().plan());
            if (Verification.run(run, one, 1, limits, backend, Progress.SILENT).measures().floatAccuracy().hits() == 1) {
                return label;
            }
        }
        throw new AssertionError("no class is right");
    }

    @Test
    void foldersThatAreNoRunAreRefused() throws IOException {
        assertTrue(assertThrows(InputException.class, () -> TrainedRun.read(folder)).getMessage().contains("there is no " + folder.resolve("model.ionq")));
        try (Backend backend = Backends.named("reference")) {
            write(backend, "8");
            byte[] model = Files.readAllBytes(folder.resolve(SpikingTraining.INTEGER_MODEL));
            SampleRun.write(folder, backend, "600-25-3", "8");
            Files.write(folder.resolve(SpikingTraining.INTEGER_MODEL), model);
        }
        String said = assertThrows(InputException.class, () -> TrainedRun.read(folder)).getMessage();
        assertTrue(said.contains("600-25-3 before and 600-24-3 after conversion"), said);
    }
}
