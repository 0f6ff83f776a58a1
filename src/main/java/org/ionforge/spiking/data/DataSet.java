package org.ionforge.spiking.data;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.data.CsvSamples.LabelColumn;

/// A training and a testing part that belong together.
public record DataSet(String name, LabelledSamples training, LabelledSamples testing) {

    /// What `--data` takes, for help and errors.
    public static final String FORMS = "mnist, idx:DIR (four IDX files named as MNIST's, such as Fashion-MNIST), "
            + "nmnist:DIR (bs2/, train1K.txt, test100.txt), csv:TRAIN,TEST (the class in the first column)";

    private static final int MOST_CLASSES = 256;

    /// Whether a text as in [#FORMS] names recordings of events, and not values.
    public static boolean isOfEvents(String text) {
        return form(text).equals("nmnist");
    }

    private static String form(String text) {
        int colon = text.indexOf(':');
        return colon < 0 ? text : text.substring(0, colon);
    }

    /// Reads a data set.
    ///
    /// @param text  as in [#FORMS]
    /// @param given folders of the user's data (`IONFORGE_DATA`)
    /// @param arena owns the values
    /// @param note  receives a line for each thing worth telling a user who waits
    /// @throws InputException if the text names none, or a file is not what it should be
    public static DataSet read(String text, List<Path> given, Arena arena, Consumer<String> note) {
        int colon = text.indexOf(':');
        String where = colon < 0 ? "" : text.substring(colon + 1);
        return switch (form(text)) {
            case "mnist" -> idx("mnist", where.isEmpty() ? MnistPackage.locate(given, note) : folder(where), arena);
            case "idx" -> idx(folder(where).getFileName().toString(), folder(where), arena);
            case "nmnist" -> events(where.isEmpty() ? given(given, "nmnist") : folder(where));
            case "csv" -> table(where, arena);
            default -> throw new InputException("no data set '" + text + "'; there are " + FORMS);
        };
    }

    private static DataSet idx(String name, Path folder, Arena arena) {
        return new DataSet(name, IdxImages.training(folder, MnistPackage.CLASSES, arena), IdxImages.testing(folder, MnistPackage.CLASSES, arena));
    }

    private static DataSet events(Path folder) {
        Path recordings = folder.resolve("bs2");
        return new DataSet("nmnist", EventFiles.read(recordings, folder.resolve("train1K.txt")), EventFiles.read(recordings, folder.resolve("test100.txt")));
    }

    private static DataSet table(String where, Arena arena) {
        String[] files = where.split(",", -1);
        if (files.length != 2) {
            throw new InputException("csv: wants a training and a testing file with a comma between, not '" + where + "'");
        }
        CsvSamples.Range range = CsvSamples.range(Path.of(files[0]), LabelColumn.FIRST);
        ValueSamples training = CsvSamples.read(Path.of(files[0]), LabelColumn.FIRST, MOST_CLASSES, range, arena);
        int classes = 0;
        for (int i = 0; i < training.size(); i++) {
            classes = Math.max(classes, training.label(i) + 1);
        }
        return new DataSet(files[0], new ValueSamples(training.name(), training.values(), training.labels(), classes, 1, 1, training.features()),
                CsvSamples.read(Path.of(files[1]), LabelColumn.FIRST, classes, range, arena));
    }

    private static Path folder(String where) {
        Path folder = Path.of(where);
        if (where.isEmpty() || !Files.isDirectory(folder)) {
            throw new InputException("'" + where + "' is no folder; data sets are " + FORMS);
        }
        return folder;
    }

    private static Path given(List<Path> given, String name) {
        return given.stream().map(folder -> folder.resolve(name)).filter(Files::isDirectory).findFirst()
                .orElseThrow(() -> new InputException("say where " + name + " lies: " + name + ":DIR, or a folder " + name + " in the folder that IONFORGE_DATA names"));
    }
}
