package org.ionforge.telemetry.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.errors.InputException;
import org.ionforge.errors.JobException;
import org.ionforge.telemetry.InferenceMetrics;

/// Everything that was measured in the training of a spiking network, as `metrics.json` and, drawn, as `report.html`. Lists may be
/// empty: the page then says what was not measured.
///
/// @param commands what to type to do it again, a line each
/// @param facts    whatever describes the run: network, data, seed, backend, versions
/// @param epochs   in the order they were trained
/// @param layers   as they are at the end, first layer first
/// @param rasters  spikes of samples, a raster a layer
/// @param models   accuracy of each model that came out, by bits, the float one among them
/// @param bits     bits of the layers beside the uniform ones, where they were chosen one by one
/// @param encoders what the encoders make of the data
/// @param gates    of the verification
/// @param health   log of the health control
/// @param inference what the network in integers does on the test samples; null without one
public record SpikingReport(List<String> commands, Map<String, String> facts, List<Epoch> epochs, List<Layer> layers, List<Raster> rasters,
                            List<Model> models, List<Allocation> bits, List<Encoder> encoders, List<Gate> gates, List<Event> health,
                            InferenceMetrics inference) {

    /// Where the figures lie in the folder of a run.
    public static final String METRICS = "metrics.json";

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /// One epoch.
    ///
    /// @param epoch          from 1
    /// @param phase          `WARM_UP`, …
    /// @param bits           of the weights: `32`, `8`, `8,4`
    /// @param rate           learning rate of its last step
    /// @param loss           on the training samples
    /// @param accuracy       on the training samples, in [0, 1]
    /// @param judgedLoss     on samples held out, null without any
    /// @param judgedAccuracy likewise
    /// @param layers         first layer first
    public record Epoch(int epoch, String phase, String bits, double rate, double loss, double accuracy, Double judgedLoss,
                        Double judgedAccuracy, double seconds, List<LayerEpoch> layers) {
    }

    /// One layer in one epoch; null for what was not measured.
    ///
    /// @param spikeRate    share of (sample, step, neuron) with a spike
    /// @param weightScale  mean scale of its weights' codes
    /// @param currentScale scale of its current's codes
    /// @param gradientNorm of its parameters
    /// @param threshold    θ
    /// @param saturation   share of currents that were clamped
    public record LayerEpoch(Double spikeRate, Double weightScale, Double currentScale, Double gradientNorm, Double threshold, Double saturation) {
    }

    /// One layer at the end.
    ///
    /// @param name      `layer 1`
    /// @param kind      `784 → 1000`, `12 kernels of 5×5`
    /// @param weights   number of them
    /// @param bits      of the weights, as named in plans
    /// @param bytes     of the stored weights
    /// @param spikeRate in integers on the test samples; without integers, in the last epoch; null if not measured
    /// @param threshold θ
    /// @param membranes U over samples, steps and neurons, before the reset; null if not measured
    public record Layer(String name, String kind, long weights, String bits, long bytes, Double spikeRate, double threshold, Histogram membranes) {
    }

    /// Counts in bins of one width.
    ///
    /// @param from   lower edge of the first bin
    /// @param below  values below it
    /// @param above  values above the last bin
    public record Histogram(double from, double width, List<Long> counts, long below, long above) {
    }

    /// Spikes of one layer for one sample.
    ///
    /// @param sample  `test sample 3, a 7`
    /// @param layer   as in [Layer#name]
    /// @param neurons shown, the first ones of the layer or some of them
    /// @param of      neurons that the layer has
    /// @param spikes  step and neuron of each spike, both from 0
    public record Raster(String sample, String layer, int steps, int neurons, int of, List<int[]> spikes) {
    }

    /// A model and how good it is.
    ///
    /// @param name     `FP32`, `INT8`, `INT4 uniform`, `by Hessian`
    /// @param bits     of the weights, or [#LINEAR]
    /// @param accuracy on the test samples, in [0, 1]
    /// @param low      lower end of its 95 % interval
    /// @param high     upper end
    /// @param samples  of the test
    /// @param bytes    stored
    public record Model(String name, String bits, double accuracy, double low, double high, long samples, long bytes) {

        /// A model without neurons, to stand beside.
        public static final String LINEAR = "linear";
    }

    /// How bits were given to the layers, and what that is expected to cost.
    ///
    /// @param name        `by Hessian`, `uniform 8`, `uniform 4`
    /// @param bits        of each layer
    /// @param sensitivity of each layer at these bits: Ω
    /// @param bytes       of all weights
    /// @param accuracy    of the network with its weights rounded to these bits, before any training with them; null if it was not measured
    public record Allocation(String name, List<Integer> bits, List<Double> sensitivity, long bytes, Double accuracy) {
    }

    /// An encoder on the data: what `org.ionforge.spiking.encoding.EncodingFigures` has.
    public record Encoder(String name, double rate, double sparsity, double meanCount, double countSpread, double silentInputs) {
    }

    /// A gate of the verification.
    ///
    /// @param name        as settings have it: `temporal-agreement`
    /// @param description what is measured, in a few words
    /// @param limit       as text: `≥ 0.95`
    public record Gate(String name, String description, double value, String limit, boolean pass) {
    }

    /// What the health control asked for.
    ///
    /// @param layer from 1, null for the whole run
    public record Event(int epoch, String phase, String action, Integer layer, String why) {
    }

    public SpikingReport {
        commands = List.copyOf(commands);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        epochs = List.copyOf(epochs);
        layers = List.copyOf(layers);
        rasters = List.copyOf(rasters);
        models = List.copyOf(models);
        bits = List.copyOf(bits);
        encoders = List.copyOf(encoders);
        gates = List.copyOf(gates);
        health = List.copyOf(health);
    }

    /// The same of a run that was begun so.
    public SpikingReport ofRun(List<String> typed, Map<String, String> described) {
        return new SpikingReport(typed, described, epochs, layers, rasters, models, bits, encoders, gates, health, inference);
    }

    /// The same with the gates of a verification, and what it measured.
    public SpikingReport with(List<Gate> verified, InferenceMetrics measured) {
        return new SpikingReport(commands, facts, epochs, layers, rasters, models, bits, encoders, verified, health, measured);
    }

    /// The figures in the folder of a run.
    ///
    /// @throws InputException if there are none, or they are not readable
    public static SpikingReport read(Path directory) {
        Path file = directory.resolve(METRICS);
        try {
            return JSON.readValue(Files.readAllBytes(file), SpikingReport.class);
        } catch (JsonProcessingException e) {
            throw new InputException("cannot read the figures of the run, " + file + ": line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + " is not what it wrote", e);
        } catch (IOException e) {
            throw InputException.unreadable(file, e);
        }
    }

    /// Writes `metrics.json` and `report.html` into the folder of a run.
    ///
    /// @param version of this program
    /// @return the report
    public Path write(Path directory, String version) {
        ObjectNode data = JSON.createObjectNode();
        data.put("generated", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        data.put("version", version);
        data.set("run", JSON.valueToTree(this));
        data.set("verdict", JSON.valueToTree(SpikingVerdict.of(this)));
        try {
            Files.createDirectories(directory);
            replace(directory.resolve(METRICS), JSON.writeValueAsString(this));
            return replace(directory.resolve(Report.FILE_NAME), ReportPage.SPIKING.with(data));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new JobException("report: cannot write into " + directory + ": " + e.getMessage(), e);
        }
    }

    private static Path replace(Path file, String text) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
