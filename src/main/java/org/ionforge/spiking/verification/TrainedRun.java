package org.ionforge.spiking.verification;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.encoding.Direct;
import org.ionforge.spiking.encoding.Encoder;
import org.ionforge.spiking.integer.InputForm;
import org.ionforge.spiking.integer.ModelFile;
import org.ionforge.spiking.integer.QuantisedModel;
import org.ionforge.spiking.training.NetworkFile;
import org.ionforge.spiking.training.Presentation;
import org.ionforge.spiking.training.SpikingTraining;
import org.ionforge.telemetry.RunRecord;

/// What a training has left in its folder.
///
/// @param floats     the network in floats, before any quantisation; after its pruning, if it was pruned
/// @param fake       the network that was converted, with its plan and scales
/// @param model      what it was converted to
/// @param modelBytes of the model's file
/// @param data       the data set it was trained on, as a user names it; empty if the folder has no record of it
public record TrainedRun(NetworkFile floats, NetworkFile fake, QuantisedModel model, long modelBytes, Optional<String> data) {

    /// @throws InputException if a file is missing or not what it should be, or two do not belong together
    public static TrainedRun read(Path folder) {
        Path file = present(folder.resolve(SpikingTraining.INTEGER_MODEL));
        Path pruned = folder.resolve(SpikingTraining.PRUNED_MODEL);
        Path floats = Files.isRegularFile(pruned) ? pruned : present(folder.resolve(SpikingTraining.FLOAT_MODEL));
        TrainedRun run = new TrainedRun(NetworkFile.read(floats), NetworkFile.read(present(folder.resolve(SpikingTraining.MODEL))), ModelFile.read(file), size(file), data(folder));
        if (!run.model.shape().equals(run.fake.options().shape()) || !run.model.shape().equals(run.floats.options().shape())
                || run.model.steps() != run.fake.options().steps() || run.model.steps() != run.floats.options().steps()) {
            throw new InputException(folder + ": the networks are " + run.floats.options().shape() + " in floats, " + run.fake.options().shape()
                    + " before and " + run.model.shape() + " after conversion, at T = " + run.floats.options().steps() + ", "
                    + run.fake.options().steps() + " and " + run.model.steps() + ": they are not of one run");
        }
        return run;
    }

    private static Path present(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("there is no " + file + "; ./ionforge train spiking --out " + file.getParent()
                    + " leaves one, unless it was stopped or trained with --bits 32");
        }
        return file;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw InputException.unreadable(file, e);
        }
    }

    private static Optional<String> data(Path folder) {
        return RunRecord.read(folder).map(run -> run.results().get("training")).map(training -> training.at("/settings/data/text").asText())
                .filter(text -> !text.isEmpty());
    }

    /// How samples are shown to the network.
    Presentation presentation() {
        return switch (model.input()) {
            case InputForm.Codes _ -> new Presentation(new Direct(), 0, model.steps(), 0);
            case InputForm.Encoded encoded -> new Presentation(Encoder.named(encoded.encoder(), encoded.seed()), encoded.seed(), model.steps(), 0);
            case InputForm.Events events -> new Presentation(new Direct(), 0, model.steps(), events.microseconds());
        };
    }
}
