package org.ionforge.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.compute.Backend;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.integer.Inference;
import org.ionforge.spiking.integer.ModelFile;
import org.ionforge.spiking.integer.QuantisedModel;
import org.ionforge.telemetry.Progress;

/// `./ionforge infer`.
final class InferCommand implements Command {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int BATCH = 128;

    @Override
    public String name() {
        return "infer";
    }

    @Override
    public String arguments() {
        return "MODEL.ionq --data mnist [--backend cpu] [--batch 128]";
    }

    @Override
    public String summary() {
        return "Run a quantised spiking network on the testing part of a data set: accuracy, spike rate, throughput, latency.";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Arguments.required("data", "SET", DataSet.FORMS))
                .addOption(Arguments.value("batch", "N", "samples of a call (default " + BATCH + "); latency is that of a call"))
                .addOption(Arguments.backend())
                .addOption(null, "json", false, "print JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        if (line.getArgList().size() != 1) {
            throw new InputException("infer wants one model: infer MODEL.ionq --data mnist");
        }
        int batch = Arguments.integer(line, "batch", BATCH);
        if (batch < 1) {
            throw new InputException("--batch wants a number from 1 on, not " + batch);
        }
        Path file = Path.of(line.getArgList().getFirst());
        QuantisedModel model = ModelFile.read(file);
        try (Arena arena = Arena.ofShared(); Backend backend = Arguments.backend(line, console)) {
            LabelledSamples samples = DataSet.read(line.getOptionValue("data"), DataCommand.given(), arena,
                    note -> console.err().println("ionforge: " + note)).testing();
            Inference.Result result;
            try (Progress progress = console.progress()) {
                result = Inference.run(backend, model, samples, batch, progress);
            }
            console.out().println(line.hasOption("json") ? json(file, model, result, backend).toString() : text(file, model, result, backend));
        }
        return 0;
    }

    private static ObjectNode json(Path file, QuantisedModel model, Inference.Result result, Backend backend) throws IOException {
        ObjectNode node = JSON.createObjectNode().put("accuracy", result.accuracy().share()).put("accuracyLow", result.accuracy().low())
                .put("accuracyHigh", result.accuracy().high()).put("samples", result.accuracy().of())
                .put("samplesPerSecond", result.samplesPerSecond()).put("batch", result.batch()).put("p50Ms", result.latency().p50Ms())
                .put("p95Ms", result.latency().p95Ms()).put("p99Ms", result.latency().p99Ms()).put("timedCalls", result.latency().calls())
                .put("modelBytes", Files.size(file)).put("weightBytes", result.weightBytes()).put("spikeRate", result.spikeRate())
                .put("sparsity", 1 - result.spikeRate());
        result.spikeRates().forEach(node.putArray("spikeRates")::add);
        node.put("network", model.shape().toString()).put("steps", model.steps()).put("bits", bits(model)).put("backend", backend.name());
        return node;
    }

    private static String bits(QuantisedModel model) {
        return model.layers().stream().map(layer -> Integer.toString(layer.weights().bits())).distinct().collect(Collectors.joining(","));
    }

    private static String text(Path file, QuantisedModel model, Inference.Result result, Backend backend) throws IOException {
        return String.format(Locale.ROOT, """
                %s at T = %d, weights of %s bits, %,d bytes; %s
                accuracy    %.2f %% of %,d samples (95 %% interval %.2f to %.2f %%)
                spike rate  %.1f %% (layers: %s)
                throughput  %,.0f samples/s in batches of %d
                latency     p50 %.3f ms, p95 %.3f ms, p99 %.3f ms a batch (%,d calls after warm-up)""", model.shape(), model.steps(), bits(model),
                Files.size(file), backend.description(), 100 * result.accuracy().share(), result.accuracy().of(), 100 * result.accuracy().low(),
                100 * result.accuracy().high(), 100 * result.spikeRate(),
                result.spikeRates().stream().map(rate -> String.format(Locale.ROOT, "%.1f %%", 100 * rate)).collect(Collectors.joining(", ")),
                result.samplesPerSecond(), result.batch(), result.latency().p50Ms(), result.latency().p95Ms(), result.latency().p99Ms(),
                result.latency().calls());
    }
}
