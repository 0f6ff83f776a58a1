package org.ionforge.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.foreign.Arena;
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
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.energy.EnergyReading;

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
        return "Run a quantised spiking network on the testing part of a data set: accuracy, spikes, operations, throughput, latency, memory, energy.";
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
        QuantisedModel model = ModelFile.read(Path.of(line.getArgList().getFirst()));
        try (Arena arena = Arena.ofShared(); Backend backend = Arguments.backend(line, console)) {
            LabelledSamples samples = DataSet.read(line.getOptionValue("data"), DataCommand.given(), arena,
                    note -> console.err().println("ionforge: " + note)).testing();
            InferenceMetrics metrics;
            try (Progress progress = console.progress()) {
                metrics = Inference.run(backend, model, samples, batch, progress);
            }
            console.out().println(line.hasOption("json") ? JSON.writeValueAsString(metrics) : text(metrics, backend));
        }
        return 0;
    }

    private static String text(InferenceMetrics m, Backend backend) {
        return String.format(Locale.ROOT, """
                %s at T = %d, weights of %s bits, %,d bytes; %s
                accuracy    %.2f %% of %,d samples (95 %% interval %.2f to %.2f %%)
                spike rate  %.1f %% (layers: %s)
                first spike %s
                operations  %,.0f accumulates and %,.0f multiply-accumulates a sample, of %,.0f dense; %.1f %% of the weights are 0
                throughput  %,.0f samples/s in batches of %d
                latency     p50 %.3f ms, p95 %.3f ms, p99 %.3f ms a batch (%,d calls after warm-up)
                memory      %,d bytes of weights, %,d bytes at most on the backend
                energy      %s""", m.network(), m.steps(), m.bits(), m.modelBytes(), backend.description(), 100 * m.accuracy(), m.samples(),
                100 * m.accuracyLow(), 100 * m.accuracyHigh(), 100 * m.spikeRate(),
                m.spikeRates().stream().map(rate -> String.format(Locale.ROOT, "%.1f %%", 100 * rate)).collect(Collectors.joining(", ")), firstSpike(m),
                m.effectiveAcs(), m.effectiveMacs(), m.denseOperations(), 100 * m.connectionSparsity(), m.samplesPerSecond(), m.batch(), m.p50Ms(), m.p95Ms(),
                m.p99Ms(), m.timedCalls(), m.weightBytes(), m.peakDeviceBytes(), EnergyReading.text(m.energy()));
    }

    private static String firstSpike(InferenceMetrics metrics) {
        return metrics.firstSpikeStep() == null ? "of the last layer: never"
                : String.format(Locale.ROOT, "of the last layer at step %.2f of %d; never for %.2f %% of the samples", metrics.firstSpikeStep(), metrics.steps(),
                100 * metrics.silentSamples());
    }
}
