package org.ionforge.telemetry.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.ionforge.errors.JobException;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.RunRecord;
import org.ionforge.vault.Vault;

/// Writes `report.html`: one file that needs no network, with the figures as JSON in it, Apache ECharts to draw them and the
/// outlines of the countries from Natural Earth. Whatever came from outside (calls, raw lines, file names) reaches the page only
/// as JSON without `<` and is shown as text, never as markup; a content security policy forbids the page to load anything.
public final class Report {

    public static final String FILE_NAME = "report.html";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Report() {
    }

    /// What is reported beside the vault.
    ///
    /// @param training folder of a training, if there was one
    /// @param run      record of the run, if there is one
    /// @param version  of this program
    public record Sources(Optional<Path> training, Optional<RunRecord.Run> run, String version) {
    }

    /// Writes the report into `directory`.
    ///
    /// @return the file
    /// @throws org.ionforge.errors.InputException if the training's files cannot be read
    /// @throws org.ionforge.vault.VaultException if a query fails
    public static Path write(Vault vault, Sources sources, Path directory, Progress progress) {
        ObjectNode data = JSON.createObjectNode();
        data.put("generated", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        data.put("version", sources.version());
        sources.run().ifPresent(run -> data.set("run", JSON.valueToTree(run)));
        data.set("vault", VaultFigures.of(vault, progress));
        sources.training().ifPresent(folder -> {
            ObjectNode training = TrainingFigures.of(folder);
            training.set("verdict", JSON.valueToTree(Verdict.of(training.path("metrics"))));
            data.set("training", training);
        });
        Path file = directory.resolve(FILE_NAME);
        Path part = directory.resolve(FILE_NAME + ".part");
        try {
            Files.createDirectories(directory);
            Files.writeString(part, page(data));
            return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new JobException("report: cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /// The page with its style, scripts, map and figures inside.
    private static String page(ObjectNode data) throws JsonProcessingException {
        return resource("report.html")
                .replace("/*STYLE*/", resource("report.css"))
                .replace("/*ECHARTS*/", resource("echarts.min.js"))
                .replace("/*PAGE*/", resource("page.js") + resource("report.js"))
                .replace("\"COUNTRIES\"", inScript(resource("world.json")))
                .replace("\"FIGURES\"", inScript(JSON.writeValueAsString(data)));
    }

    /// JSON that may stand between script tags: without the characters that could end them.
    static String inScript(String json) {
        return json.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static String resource(String name) {
        try (InputStream in = Report.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name + ", which the build puts beside " + Report.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
