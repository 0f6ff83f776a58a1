package org.ionforge.telemetry.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
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

/// Writes `report.html` about radio spots and the network trained on them: one file that needs no network.
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
            Files.writeString(part, ReportPage.SPOTS.with(data));
            return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new JobException("report: cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
