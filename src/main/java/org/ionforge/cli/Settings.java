package org.ionforge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.errors.InputException;

/// The settings of a job, each as a flag and as a key of one configuration file (JSON; comments are allowed), and where the value in
/// use came from. What is said later wins: default, preset, file, flag.
final class Settings {

    /// One setting.
    ///
    /// @param name        flag without its dashes, and key of the file
    /// @param argument    what the help shows: `N`, `on|off`
    /// @param usual       default, as text; empty for none
    /// @param description for the help
    /// @param wants       what a value has to be, for the error: `a whole number from 1 on`
    /// @param fits        whether a text is such a value
    record Setting(String name, String argument, String usual, String description, String wants, Predicate<String> fits) {

        private static final int LONGEST_ARGUMENT = 16;

        static Setting whole(String name, long low, long usual, String description) {
            return new Setting(name, "N", Long.toString(usual), description, "a whole number from " + low + " on",
                    text -> text.matches("-?\\d{1,18}") && Long.parseLong(text) >= low);
        }

        static Setting number(String name, double low, double high, double usual, String description) {
            return new Setting(name, "X", plain(usual), description, "a number from " + plain(low) + " to " + plain(high),
                    text -> isNumber(text) && Double.parseDouble(text) >= low && Double.parseDouble(text) <= high);
        }

        /// The help shows few choices as the argument, many behind the description.
        static Setting choice(String name, List<String> choices, String usual, String description) {
            String all = String.join("|", choices);
            boolean few = all.length() <= LONGEST_ARGUMENT;
            return new Setting(name, few ? all : "NAME", usual, few ? description : description + ": " + String.join(", ", choices),
                    "one of " + String.join(", ", choices), choices::contains);
        }

        static Setting flag(String name, boolean usual, String description) {
            return choice(name, List.of("on", "off"), usual ? "on" : "off", description);
        }

        static Setting text(String name, String argument, String usual, String description) {
            return new Setting(name, argument, usual, description, "a text", text -> true);
        }

        private static boolean isNumber(String text) {
            try {
                return Double.isFinite(Double.parseDouble(text));
            } catch (NumberFormatException e) {
                return false;
            }
        }

        private static String plain(double number) {
            return number == Math.rint(number) && Math.abs(number) < 1e15 ? Long.toString((long) number) : Double.toString(number);
        }
    }

    /// A value and where it came from: `default`, the preset's name, the file's, or `--flag`.
    record Value(String text, String origin) {
    }

    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA).build();

    private final SequencedMap<String, Setting> known = new LinkedHashMap<>();
    private final SequencedMap<String, Value> values = new LinkedHashMap<>();

    Settings(List<Setting> settings) {
        for (Setting setting : settings) {
            known.put(setting.name(), setting);
            values.put(setting.name(), new Value(setting.usual(), "default"));
        }
    }

    /// A flag for each setting.
    void addTo(Options options) {
        for (Setting each : known.values()) {
            options.addOption(Arguments.value(each.name(), each.argument(), each.description()
                    + (each.usual().isEmpty() ? "" : " (default " + each.usual() + ")")));
        }
    }

    /// What a preset says.
    void preset(String origin, Map<String, String> preset) {
        preset.forEach((name, text) -> set(name, text, origin, origin + ": " + name));
    }

    /// Reads a configuration file: one JSON object, its keys the names of the settings.
    ///
    /// @throws InputException for a file that is none, an unknown key (with the nearest name) or a value that does not fit
    void file(Path path) {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readString(path));
        } catch (JsonProcessingException e) {
            throw new InputException(path + ", line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ": "
                    + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InputException(path + ": cannot be read: " + e.getMessage(), e);
        }
        if (!root.isObject()) {
            throw new InputException(path + ": a configuration is one JSON object, {\"key\": value, …}");
        }
        for (Map.Entry<String, JsonNode> each : root.properties()) {
            if (!known.containsKey(each.getKey())) {
                throw new InputException(path + ": unknown key '" + each.getKey() + "'; did you mean '"
                        + Nearest.of(each.getKey(), List.copyOf(known.keySet())) + "'?");
            }
            JsonNode node = each.getValue();
            if (!node.isValueNode() || node.isNull()) {
                throw new InputException(path + ": '" + each.getKey() + "' wants " + known.get(each.getKey()).wants() + ", not " + node);
            }
            set(each.getKey(), node.isBoolean() ? node.asBoolean() ? "on" : "off" : node.asText(), path.toString(), path + ": '" + each.getKey() + "'");
        }
    }

    /// The flags that were given.
    void flags(CommandLine line) {
        for (String name : known.keySet()) {
            if (line.hasOption(name)) {
                set(name, line.getOptionValue(name), "--" + name, "--" + name);
            }
        }
    }

    private void set(String name, String text, String origin, String where) {
        Setting setting = known.get(name);
        String value = text.strip();
        if (!setting.fits().test(value)) {
            throw new InputException(where + " wants " + setting.wants() + ", not '" + text + "'");
        }
        values.put(name, new Value(value, origin));
    }

    String text(String name) {
        return values.get(name).text();
    }

    int integer(String name) {
        long value = whole(name);
        if (value != (int) value) {
            throw new InputException("'" + name + "' " + value + " is out of range");
        }
        return (int) value;
    }

    long whole(String name) {
        return Long.parseLong(text(name));
    }

    double number(String name) {
        return Double.parseDouble(text(name));
    }

    boolean on(String name) {
        return text(name).equals("on");
    }

    /// Every value, in the order of the settings.
    SequencedMap<String, Value> values() {
        return new LinkedHashMap<>(values);
    }

    /// Every value and where it came from, a line each.
    String table() {
        int name = known.keySet().stream().mapToInt(String::length).max().orElse(0);
        int text = values.values().stream().mapToInt(value -> value.text().length()).max().orElse(0);
        StringBuilder lines = new StringBuilder();
        values.forEach((key, value) -> lines.append(String.format(Locale.ROOT, "%-" + name + "s  %-" + Math.max(1, text) + "s  %s%n", key,
                value.text(), value.origin())));
        return lines.toString();
    }
}
