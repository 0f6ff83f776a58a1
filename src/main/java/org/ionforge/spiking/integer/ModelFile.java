package org.ionforge.spiking.integer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.StateLevels;
import org.ionforge.errors.InputException;
import org.ionforge.export.ionq.IonqFile;
import org.ionforge.export.ionq.IonqFile.Section;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.NetworkShape;

/// A [QuantisedModel] as an [IonqFile], as docs/ionq.md describes it, and back. What is written is read back equal.
public final class ModelFile {

    private ModelFile() {
    }

    /// Writes the model, whole or not at all.
    ///
    /// @throws org.ionforge.errors.EnvironmentException if it cannot be written
    public static void write(Path file, QuantisedModel model) {
        pack(model).write(file);
    }

    /// Bytes of the file that a model makes.
    public static long byteSize(QuantisedModel model) {
        return pack(model).bytes().length;
    }

    static IonqFile pack(QuantisedModel model) {
        ObjectNode header = JsonNodeFactory.instance.objectNode().put("network", model.shape().toString()).put("steps", model.steps())
                .put("readout", HeaderFields.text(model.readout()));
        header.set("input", input(model.input()));
        List<Section> sections = new ArrayList<>();
        var layers = header.putArray("layers");
        for (int i = 0; i < model.layers().size(); i++) {
            QuantisedLayer layer = model.layers().get(i);
            ObjectNode entry = layers.addObject();
            entry.putObject("weights").put("lowest", layer.weights().lowest()).put("highest", layer.weights().highest());
            if (layer.current() == null) {
                entry.putNull("current");
            } else {
                entry.putObject("current").put("lowest", layer.current().scheme().lowest()).put("highest", layer.current().scheme().highest())
                        .put("scale", (double) layer.current().scale());
            }
            if (layer.state() == null) {
                entry.putNull("state");
            } else {
                entry.putObject("state").put("place", HeaderFields.text(layer.state().place())).put("ofThreshold", layer.state().ofThreshold());
            }
            entry.set("neuron", neuron(layer.dialect()));
            sections.addAll(sections(i, layer));
        }
        ObjectNode notes = header.putObject("notes");
        model.notes().forEach(notes::put);
        return new IonqFile(header, sections);
    }

    private static List<Section> sections(int i, QuantisedLayer layer) {
        List<Section> sections = new ArrayList<>(List.of(
                new Section(name(i, "codes"), type(layer.weights()), List.of(layer.neurons(), layer.inputs()), layer.codes()),
                Section.of(name(i, "scales"), layer.scales()), Section.of(name(i, "leak"), layer.leak()),
                Section.of(name(i, "threshold"), layer.threshold())));
        if (layer.bias() != null) {
            sections.add(Section.of(name(i, "bias"), layer.bias()));
        }
        if (layer.state() != null) {
            sections.add(Section.of(name(i, "levels"), levels(layer.state())));
        }
        return sections;
    }

    private static float[] levels(StateLevels state) {
        float[] levels = new float[state.levels().size()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = state.levels().get(i);
        }
        return levels;
    }

    private static String name(int layer, String what) {
        return "layers." + layer + "." + what;
    }

    private static IonqFile.Type type(QuantisationScheme weights) {
        return IonqFile.Type.valueOf("INT" + weights.bits());
    }

    private static ObjectNode input(InputForm input) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        return switch (input) {
            case InputForm.Codes _ -> node.put("form", "codes");
            case InputForm.Encoded encoded -> node.put("form", "encoded").put("encoder", encoded.encoder()).put("seed", encoded.seed());
            case InputForm.Events events -> node.put("form", "events").put("microseconds", events.microseconds());
        };
    }

    private static ObjectNode neuron(LifDialect dialect) {
        return JsonNodeFactory.instance.objectNode().put("charge", HeaderFields.text(dialect.charge())).put("decayInput", dialect.decayInput())
                .put("synapse", HeaderFields.text(dialect.synapse())).put("synapseDecay", (double) dialect.synapseDecay())
                .put("resistance", (double) dialect.resistance()).put("rest", (double) dialect.rest()).put("initial", (double) dialect.initial())
                .put("comparison", HeaderFields.text(dialect.comparison())).put("reset", HeaderFields.text(dialect.reset()))
                .put("resetValue", (double) dialect.resetValue()).put("resetDelay", dialect.resetDelay()).put("spikeDelay", dialect.spikeDelay());
    }

    /// Reads a model.
    ///
    /// @throws InputException if it cannot be read, or anything in it is not as it has to be; says what and where
    public static QuantisedModel read(Path file) {
        return unpack(file, IonqFile.read(file));
    }

    static QuantisedModel unpack(Path file, IonqFile content) {
        HeaderFields header = new HeaderFields(file, "model", content.model());
        NetworkShape shape = NetworkShape.parse(header.text("network"));
        int steps = (int) header.whole("steps", 1, Integer.MAX_VALUE);
        Readout readout = header.choice("readout", Readout.class);
        InputForm input = input(header.object("input"));
        List<HeaderFields> entries = header.objects("layers");
        HeaderFields words = header.object("notes");
        Map<String, String> notes = new TreeMap<>();
        words.names().forEach(name -> notes.put(name, words.text(name)));
        header.done();
        if (entries.size() != shape.layers().size()) {
            throw HeaderFields.refused(file, "model.layers has " + entries.size() + " entries for the network " + shape);
        }
        Sections sections = new Sections(file, content);
        List<QuantisedLayer> layers = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            layers.add(layer(file, i, shape.layer(i), entries.get(i), sections));
        }
        sections.done();
        try {
            return new QuantisedModel(shape, steps, readout, input, layers, notes);
        } catch (IllegalArgumentException e) {
            throw HeaderFields.refused(file, e.getMessage());
        }
    }

    private static QuantisedLayer layer(Path file, int i, NetworkShape.Layer shape, HeaderFields entry, Sections sections) {
        QuantisationScheme weights = scheme(entry.object("weights")).perChannel();
        QuantisedLayer.Current current = entry.has("current") ? current(file, entry.object("current")) : null;
        LifDialect dialect = neuron(file, entry.object("neuron"));
        StateLevels state = entry.has("state") ? state(file, entry.object("state"), sections.floats(name(i, "levels"))) : null;
        entry.done();
        Section codes = sections.take(name(i, "codes"));
        if (codes.type() != type(weights) || !codes.shape().equals(List.of(shape.neurons(), shape.inputs()))) {
            throw HeaderFields.refused(file, "section " + codes.name() + " is " + codes.type() + codes.shape() + ", wanted " + type(weights) + "["
                    + shape.neurons() + ", " + shape.inputs() + "]");
        }
        try {
            return new QuantisedLayer(shape.neurons(), shape.inputs(), weights, codes.data(), sections.floats(name(i, "scales")),
                    sections.has(name(i, "bias")) ? sections.floats(name(i, "bias")) : null, current, dialect, sections.floats(name(i, "leak")),
                    sections.floats(name(i, "threshold")), state);
        } catch (IllegalArgumentException e) {
            throw HeaderFields.refused(file, entry.where() + ": " + e.getMessage());
        }
    }

    private static QuantisationScheme scheme(HeaderFields fields) {
        QuantisationScheme scheme = codes(fields);
        fields.done();
        return scheme;
    }

    private static QuantisedLayer.Current current(Path file, HeaderFields fields) {
        QuantisationScheme scheme = codes(fields);
        float scale = fields.number("scale");
        fields.done();
        try {
            return new QuantisedLayer.Current(scheme, scale);
        } catch (IllegalArgumentException e) {
            throw HeaderFields.refused(file, fields.where() + ": " + e.getMessage());
        }
    }

    private static StateLevels state(Path file, HeaderFields fields, float[] values) {
        StateLevels.Place place = fields.choice("place", StateLevels.Place.class);
        boolean ofThreshold = fields.yes("ofThreshold");
        fields.done();
        List<Float> levels = new ArrayList<>();
        for (float level : values) {
            levels.add(level);
        }
        try {
            return new StateLevels(place, ofThreshold, levels);
        } catch (IllegalArgumentException e) {
            throw HeaderFields.refused(file, fields.where() + ": " + e.getMessage());
        }
    }

    private static QuantisationScheme codes(HeaderFields fields) {
        int lowest = (int) fields.whole("lowest", -128, -1);
        int highest = (int) fields.whole("highest", 0, 127);
        return QuantisationScheme.symmetric(lowest, highest);
    }

    private static InputForm input(HeaderFields fields) {
        InputForm form = switch (fields.text("form")) {
            case "codes" -> new InputForm.Codes();
            case "encoded" -> encoded(fields);
            case "events" -> new InputForm.Events((int) fields.whole("microseconds", 1, Integer.MAX_VALUE));
            default -> throw fields.wrong("form", "one of codes, encoded, events");
        };
        fields.done();
        return form;
    }

    private static InputForm encoded(HeaderFields fields) {
        try {
            return new InputForm.Encoded(fields.text("encoder"), fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE));
        } catch (IllegalArgumentException e) {
            throw fields.wrong("encoder", "one that makes spikes");
        }
    }

    private static LifDialect neuron(Path file, HeaderFields fields) {
        try {
            LifDialect dialect = new LifDialect(fields.choice("charge", LifDialect.Charge.class), fields.yes("decayInput"),
                    fields.choice("synapse", LifDialect.Synapse.class), fields.number("synapseDecay"), fields.number("resistance"),
                    fields.number("rest"), fields.number("initial"), fields.choice("comparison", LifDialect.Comparison.class),
                    fields.choice("reset", LifDialect.Reset.class), fields.number("resetValue"), fields.yes("resetDelay"), fields.yes("spikeDelay"), false);
            fields.done();
            return dialect;
        } catch (IllegalArgumentException e) {
            throw HeaderFields.refused(file, fields.where() + ": " + e.getMessage());
        }
    }

    /// The sections of a file, each of which has to be taken.
    private record Sections(Path file, IonqFile content, List<String> taken) {

        Sections(Path file, IonqFile content) {
            this(file, content, new ArrayList<>());
        }

        boolean has(String name) {
            return content.section(name).isPresent();
        }

        Section take(String name) {
            taken.add(name);
            return content.section(name).orElseThrow(() -> HeaderFields.refused(file, "there is no section " + name));
        }

        float[] floats(String name) {
            return take(name).floats();
        }

        void done() {
            content.sections().stream().map(Section::name).filter(name -> !taken.contains(name)).findFirst().ifPresent(name -> {
                throw HeaderFields.refused(file, "section " + name + " is unknown to this version");
            });
        }
    }
}
