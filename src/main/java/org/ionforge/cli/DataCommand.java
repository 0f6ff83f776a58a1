package org.ionforge.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.data.LabelledSamples;

/// `./ionforge data`.
final class DataCommand implements Command {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public String name() {
        return "data";
    }

    @Override
    public String arguments() {
        return "mnist|idx:DIR|nmnist:DIR|csv:TRAIN,TEST";
    }

    @Override
    public String summary() {
        return "Fetch and check a data set of labelled samples; tells its size and the balance of its classes.";
    }

    @Override
    public Options options() {
        return new Options().addOption(null, "json", false, "print the result as JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        if (line.getArgList().size() != 1) {
            throw new InputException("data wants one data set: " + DataSet.FORMS);
        }
        try (Arena arena = Arena.ofShared()) {
            DataSet data = DataSet.read(line.getArgList().getFirst(), given(), arena, note -> console.err().println("ionforge: " + note));
            if (line.hasOption("json")) {
                ObjectNode root = JSON.createObjectNode().put("name", data.name());
                root.set("training", json(data.training()));
                root.set("testing", json(data.testing()));
                console.out().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root));
            } else {
                console.out().print(row("training", data.training()) + row("testing", data.testing()));
            }
        }
        return 0;
    }

    /// The folder of the user's data, if there is one.
    static List<Path> given() {
        String folder = System.getenv("IONFORGE_DATA");
        return folder == null || folder.isBlank() ? List.of() : List.of(Path.of(folder));
    }

    private static ObjectNode json(LabelledSamples samples) {
        ObjectNode node = JSON.createObjectNode().put("samples", samples.size()).put("features", samples.features()).put("classes", samples.classes());
        ArrayNode counts = node.putArray("samplesOfClass");
        Arrays.stream(samples.balance().counts()).forEach(counts::add);
        node.put("evenness", samples.balance().evenness());
        if (samples instanceof EventSamples events) {
            node.put("events", events.events()).put("lastMicrosecond", events.lastMicrosecond());
        }
        return node;
    }

    private static String row(String part, LabelledSamples samples) {
        String events = samples instanceof EventSamples recorded
                ? String.format(Locale.ROOT, ", %,d events in at most %.1f ms", recorded.events(), recorded.lastMicrosecond() / 1e3) : "";
        return String.format(Locale.ROOT, "%-9s %,9d samples of %,d features%s; classes %s, smallest over largest %.2f%n", part, samples.size(),
                samples.features(), events, Arrays.toString(samples.balance().counts()), samples.balance().evenness());
    }
}
