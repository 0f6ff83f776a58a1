package org.ionforge.spiking.integer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.ionforge.errors.InputException;

/// An object of a model's header, read field by field; every error names the file and the place. [#done] refuses what was not asked for.
final class HeaderFields {

    private final Path file;
    private final String where;
    private final ObjectNode node;
    private final Set<String> asked = new HashSet<>();

    /// @param where the object's place: `model`, `model.layers[1]`
    HeaderFields(Path file, String where, JsonNode node) {
        this.file = file;
        this.where = where;
        if (!(node instanceof ObjectNode object)) {
            throw refused(file, where + " is " + (node == null ? "missing" : "no object"));
        }
        this.node = object;
    }

    HeaderFields object(String name) {
        return new HeaderFields(file, place(name), ask(name));
    }

    /// Whether the field is there and not null.
    boolean has(String name) {
        asked.add(name);
        return node.hasNonNull(name);
    }

    List<HeaderFields> objects(String name) {
        JsonNode list = ask(name);
        if (list == null || !list.isArray()) {
            throw wrong(name, "a list");
        }
        List<HeaderFields> all = new ArrayList<>();
        for (JsonNode each : list) {
            all.add(new HeaderFields(file, place(name) + "[" + all.size() + "]", each));
        }
        return all;
    }

    String text(String name) {
        JsonNode value = ask(name);
        if (value == null || !value.isTextual()) {
            throw wrong(name, "a text");
        }
        return value.textValue();
    }

    long whole(String name, long low, long high) {
        JsonNode value = ask(name);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < low || value.longValue() > high) {
            throw wrong(name, "a whole number from " + low + " to " + high);
        }
        return value.longValue();
    }

    /// A number that is exactly a float.
    float number(String name) {
        JsonNode value = ask(name);
        if (value == null || !value.isNumber() || (float) value.doubleValue() != value.doubleValue()) {
            throw wrong(name, "a number that a float holds exactly");
        }
        return (float) value.doubleValue();
    }

    boolean yes(String name) {
        JsonNode value = ask(name);
        if (value == null || !value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.booleanValue();
    }

    /// One of an enum's names, in lower case with dashes.
    <E extends Enum<E>> E choice(String name, Class<E> type) {
        JsonNode value = ask(name);
        return Arrays.stream(type.getEnumConstants()).filter(each -> value != null && text(each).equals(value.textValue())).findFirst()
                .orElseThrow(() -> wrong(name, "one of " + Arrays.stream(type.getEnumConstants()).map(HeaderFields::text).collect(Collectors.joining(", "))));
    }

    /// An enum as a header has it.
    static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Set<String> names() {
        Set<String> names = new HashSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /// @throws InputException if the object has a field that nobody asked for
    void done() {
        names().stream().filter(name -> !asked.contains(name)).sorted().findFirst().ifPresent(name -> {
            throw refused(file, place(name) + " is unknown to this version");
        });
    }

    private JsonNode ask(String name) {
        asked.add(name);
        return node.get(name);
    }

    InputException wrong(String name, String wanted) {
        return refused(file, place(name) + (node.has(name) ? " is " + node.get(name) : " is missing") + ", wanted " + wanted);
    }

    private String place(String name) {
        return where + "." + name;
    }

    String where() {
        return where;
    }

    static InputException refused(Path file, String why) {
        return new InputException(file + " is no usable model: " + why);
    }
}
