package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.ionforge.cli.Settings.Setting;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    @TempDir
    Path folder;

    private final Settings settings = new Settings(List.of(Setting.whole("epochs", 1, 12, "length of the run"),
            Setting.number("rate", 0, 1, 1e-3, "learning rate"), Setting.choice("encoder", List.of("direct", "rate"), "direct", "input code"),
            Setting.flag("learn-beta", false, "train the leak"), Setting.text("net", "A-B-C", "784-10", "layers")));

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("run.json"), text);
    }

    private void flags(String... arguments) throws ParseException {
        Options options = new Options();
        settings.addTo(options);
        settings.flags(new DefaultParser(false).parse(options, arguments));
    }

    @Test
    void whatIsSaidLaterWinsAndTheTableSaysWho() throws Exception {
        settings.preset("recipe sgd-step", Map.of("epochs", "15", "rate", "0.002"));
        Path file = file("// ours\n{\"rate\": 3e-4, \"learn-beta\": true, \"net\": \"784-1000-10\",}");
        settings.file(file);
        flags("--net", "784-500-10", "--encoder", "rate");
        assertEquals(15, settings.integer("epochs"));
        assertEquals(3e-4, settings.number("rate"));
        assertTrue(settings.on("learn-beta"));
        assertEquals("784-500-10", settings.text("net"));
        assertEquals(List.of("recipe sgd-step", file.toString(), "--encoder", file.toString(), "--net"),
                settings.values().values().stream().map(Settings.Value::origin).toList());
        assertTrue(settings.table().lines().anyMatch(line -> line.matches("epochs +15 +recipe sgd-step")), settings.table());
    }

    @Test
    void withoutAnythingTheDefaultsStand() throws Exception {
        flags();
        assertEquals(12, settings.integer("epochs"));
        assertFalse(settings.on("learn-beta"));
        assertTrue(settings.values().values().stream().allMatch(value -> value.origin().equals("default")));
    }

    @Test
    void anUnknownKeyIsAnErrorWithTheNearestName() throws IOException {
        Path file = file("{\"epoch\": 3}");
        assertTrue(assertThrows(InputException.class, () -> settings.file(file)).getMessage().contains("unknown key 'epoch'; did you mean 'epochs'?"));
    }

    @Test
    void aValueThatDoesNotFitIsNamedWithItsPlace() throws IOException {
        assertTrue(refusal("{\"epochs\": 0}").contains("'epochs' wants a whole number from 1 on, not '0'"));
        assertTrue(refusal("{\"epochs\": 1.5}").contains("whole number"));
        assertTrue(refusal("{\"rate\": \"fast\"}").contains("'rate' wants a number from 0 to 1"));
        assertTrue(refusal("{\"rate\": [1]}").contains("not [1]"));
        assertTrue(refusal("{\"encoder\": \"morse\"}").contains("one of direct, rate"));
        assertTrue(refusal("[1]").contains("one JSON object"));
        assertTrue(refusal("{\n\"rate\" 1}").contains("line 2, column"));
        assertTrue(assertThrows(InputException.class, () -> flags("--epochs", "x")).getMessage().startsWith("--epochs wants"));
        assertTrue(assertThrows(InputException.class, () -> settings.file(folder.resolve("none.json"))).getMessage().contains("cannot be read"));
    }

    private String refusal(String text) throws IOException {
        Path file = file(text);
        return assertThrows(InputException.class, () -> settings.file(file)).getMessage();
    }
}
