package org.ionforge.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.compute.Backend;
import org.ionforge.errors.InputException;
import org.ionforge.ionis.Circuit;
import org.ionforge.ionis.IonisGate;
import org.ionforge.ionis.Mode;
import org.ionforge.ionis.Predictor;
import org.ionforge.ionis.Variant;

/// `./ionforge predict`.
final class PredictCommand implements Command {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> ONE_PATH = List.of("tx", "rx", "band", "frequency", "hour", "month", "sfi", "kp", "distance", "azimuth");

    @Override
    public String name() {
        return "predict";
    }

    @Override
    public String arguments() {
        return "--model FILE --tx FN31 --rx IO91 --band 20m --hour 14 --month 6 --sfi 150 --kp 2 | --model FILE --cases FILE";
    }

    @Override
    public String summary() {
        return "Predict the SNR of HF paths for 200 mW WSPR, and which modes get through.";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Arguments.required("model", "FILE", "safetensors file of an IonisGate"))
                .addOption(Arguments.value("variant", "NAME", "features and shape of the model (default v20, so far the only one)"))
                .addOption(Arguments.value("tx", "PLACE", "transmitter: locator of 4, 6 or 8 characters, or latitude,longitude"))
                .addOption(Arguments.value("rx", "PLACE", "receiver"))
                .addOption(Arguments.value("band", "NAME", "160m to 10m"))
                .addOption(Arguments.value("frequency", "HZ", "instead of the band, 1.8 to 30 MHz"))
                .addOption(Arguments.value("hour", "UTC", "0 to 23"))
                .addOption(Arguments.value("month", "M", "1 to 12"))
                .addOption(Arguments.value("sfi", "SFU", "solar flux index F10.7, 50 to 400"))
                .addOption(Arguments.value("kp", "KP", "planetary K index, 0 to 9"))
                .addOption(Arguments.value("distance", "KM", "if not that of the great circle"))
                .addOption(Arguments.value("azimuth", "DEG", "if not that of the great circle"))
                .addOption(Arguments.value("cases", "FILE", "JSON list of {tx, rx, band or frequencyHz, hour, month, sfi, kp, and if known distanceKm, "
                        + "azimuthDeg}; tx and rx are locators or [latitude, longitude]"))
                .addOption(Arguments.backend())
                .addOption(null, "json", false, "print JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        Variant variant = Variant.named(line.getOptionValue("variant", Variant.V20.name()));
        boolean many = line.hasOption("cases");
        List<Circuit> circuits = many ? cases(line, variant) : List.of(circuit(line, variant));
        IonisGate model = IonisGate.read(Path.of(line.getOptionValue("model")), variant);
        List<Predictor.Prediction> predictions;
        try (Backend backend = Arguments.backend(line, console); Predictor predictor = new Predictor(model, backend)) {
            predictions = predictor.predict(circuits);
        }
        if (line.hasOption("json")) {
            ArrayNode list = JSON.createArrayNode();
            predictions.forEach(p -> list.add(json(p)));
            console.out().println(many ? list : withVerdicts(json(predictions.getFirst()), predictions.getFirst()));
        } else {
            predictions.forEach(p -> console.out().print(text(p)));
        }
        return 0;
    }

    private static List<Circuit> cases(CommandLine line, Variant variant) {
        ONE_PATH.stream().filter(line::hasOption).findFirst().ifPresent(option -> {
            throw new InputException("--" + option + " and --cases exclude each other");
        });
        return PredictionCases.read(Path.of(line.getOptionValue("cases")), variant);
    }

    private static Circuit circuit(CommandLine line, Variant variant) {
        String missing = String.join(", ", Stream.of("tx", "rx", "hour", "month", "sfi", "kp").filter(o -> !line.hasOption(o)).map(o -> "--" + o).toList());
        if (!missing.isEmpty()) {
            throw new InputException("predict needs " + missing + ", or --cases FILE");
        }
        if (line.hasOption("band") == line.hasOption("frequency")) {
            throw new InputException("predict needs either --band or --frequency");
        }
        double frequency = line.hasOption("band") ? variant.band(line.getOptionValue("band")).modelHz() : Arguments.number(line, "frequency", 0);
        return new Circuit(place(line, "tx"), place(line, "rx"), frequency, Arguments.integer(line, "hour", 0), Arguments.integer(line, "month", 0),
                Arguments.number(line, "sfi", 0), Arguments.number(line, "kp", 0), optional(line, "distance"), optional(line, "azimuth"));
    }

    private static Circuit.Place place(CommandLine line, String option) {
        String text = line.getOptionValue(option);
        String[] parts = text.split(",", -1);
        if (parts.length != 2) {
            return new Circuit.Grid(text);
        }
        try {
            return new Circuit.Coordinates(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
        } catch (NumberFormatException e) {
            throw new InputException("--" + option + " wants a locator or latitude,longitude, not '" + text + "'", e);
        }
    }

    private static OptionalDouble optional(CommandLine line, String option) {
        return line.hasOption(option) ? OptionalDouble.of(Arguments.number(line, option, 0)) : OptionalDouble.empty();
    }

    private static ObjectNode json(Predictor.Prediction p) {
        ObjectNode node = JSON.createObjectNode().put("sigma", p.sigma()).put("db", p.db()).put("base", p.base()).put("sunGate", p.sunGate())
                .put("stormGate", p.stormGate());
        ArrayNode features = node.putArray("features");
        for (float feature : p.features()) {
            features.add(feature);
        }
        return node;
    }

    private static ObjectNode withVerdicts(ObjectNode node, Predictor.Prediction p) {
        node.put("band", p.band().name());
        ArrayNode verdicts = node.putArray("verdicts");
        for (Mode.Verdict v : Mode.verdicts(p.db())) {
            verdicts.addObject().put("mode", v.mode().name()).put("thresholdDb", v.threshold()).put("marginDb", v.margin()).put("open", v.open());
        }
        return node;
    }

    private static String text(Predictor.Prediction p) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "%s: %.1f dB (%+.3f σ) for 200 mW; base %+.3f, sun %+.3f × gate %.3f, storm %+.3f × gate %.3f;", p.band().name(), p.db(),
                p.sigma(), p.base(), p.sunSide(), p.sunGate(), p.stormSide(), p.stormGate()));
        for (Mode.Verdict verdict : Mode.verdicts(p.db())) {
            text.append(String.format(Locale.ROOT, " %s %s (%+.1f dB)", verdict.mode(), verdict.open() ? "open" : "closed", verdict.margin()));
        }
        return text.append(System.lineSeparator()).toString();
    }
}
