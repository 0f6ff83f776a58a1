package org.ionforge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.ionforge.errors.InputException;
import org.ionforge.ionis.Circuit;
import org.ionforge.ionis.Variant;

/// A file of circuits for `./ionforge predict --cases`: a JSON list of objects with `tx` and `rx` (a locator or
/// `[latitude, longitude]`), `band` (`"20m"` or house number) or `frequencyHz`, `hour`, `month`, `sfi`, `kp`, and if known `distanceKm` and `azimuthDeg`.
final class PredictionCases {

    private static final List<String> KEYS = List.of("tx", "rx", "band", "frequencyHz", "hour", "month", "sfi", "kp", "distanceKm", "azimuthDeg");
    private static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private PredictionCases() {
    }

    /// @throws InputException naming the case, from 0, and its key
    static List<Circuit> read(Path file, Variant variant) {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new InputException(file + ", line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ": "
                    + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + e, e);
        }
        if (!root.isArray()) {
            throw new InputException(file + " must hold a JSON list of cases");
        }
        List<Circuit> circuits = new ArrayList<>();
        for (JsonNode node : root) {
            String where = file + ", case " + circuits.size();
            try {
                circuits.add(circuit(node, variant));
            } catch (InputException e) {
                throw new InputException(where + ": " + e.getMessage(), e);
            }
        }
        return circuits;
    }

    private static Circuit circuit(JsonNode node, Variant variant) {
        if (!node.isObject()) {
            throw new InputException("is " + node + ", not an object");
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new InputException("unknown key '" + key + "'; did you mean '" + Nearest.of(key, KEYS) + "'?");
            }
        });
        return new Circuit(place(node, "tx"), place(node, "rx"), frequency(node, variant), whole(node, "hour"), whole(node, "month"),
                number(node, "sfi"), number(node, "kp"), optional(node, "distanceKm"), optional(node, "azimuthDeg"));
    }

    private static double frequency(JsonNode node, Variant variant) {
        if (node.has("band") == node.has("frequencyHz")) {
            throw new InputException("needs either band or frequencyHz" + (node.has("band") ? ", not both" : ""));
        }
        if (node.has("frequencyHz")) {
            return number(node, "frequencyHz");
        }
        JsonNode band = node.get("band");
        if (!band.isTextual() && !band.isIntegralNumber()) {
            throw new InputException("band is " + band + ", not a name such as \"20m\" or a house number such as 107");
        }
        return variant.band(band.asText()).modelHz();
    }

    private static Circuit.Place place(JsonNode node, String key) {
        JsonNode value = required(node, key);
        if (value.isTextual()) {
            return new Circuit.Grid(value.textValue());
        }
        if (value.isArray() && value.size() == 2 && value.get(0).isNumber() && value.get(1).isNumber()) {
            return named(key, () -> new Circuit.Coordinates(value.get(0).doubleValue(), value.get(1).doubleValue()));
        }
        throw new InputException(key + " is " + value + ", neither a locator such as \"FN31\" nor [latitude, longitude]");
    }

    private static Circuit.Place named(String key, Supplier<Circuit.Place> place) {
        try {
            return place.get();
        } catch (InputException e) {
            throw new InputException(key + ": " + e.getMessage(), e);
        }
    }

    private static int whole(JsonNode node, String key) {
        JsonNode value = required(node, key);
        if (!value.isNumber() || value.doubleValue() != Math.rint(value.doubleValue()) || Math.abs(value.doubleValue()) > Integer.MAX_VALUE) {
            throw new InputException(key + " is " + value + ", not a whole number");
        }
        return (int) value.doubleValue();
    }

    private static double number(JsonNode node, String key) {
        JsonNode value = required(node, key);
        if (!value.isNumber()) {
            throw new InputException(key + " is " + value + ", not a number");
        }
        return value.doubleValue();
    }

    private static OptionalDouble optional(JsonNode node, String key) {
        return node.hasNonNull(key) ? OptionalDouble.of(number(node, key)) : OptionalDouble.empty();
    }

    private static JsonNode required(JsonNode node, String key) {
        if (!node.hasNonNull(key)) {
            throw new InputException(key + " is missing");
        }
        return node.get(key);
    }
}
