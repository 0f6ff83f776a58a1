package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// The frame around the commands: help, mistyped words, exit codes.
class MainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return Main.run(arguments, new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false));
    }

    @Test
    void helpListsEveryCommand() {
        assertEquals(0, run("help"));
        Main.COMMANDS.forEach(c -> assertTrue(out.toString(StandardCharsets.UTF_8).contains("  " + c.name() + " "), c.name()));
    }

    @Test
    void everyCommandExplainsItsOptionsWithoutTheRequiredOnes() {
        for (Command command : Main.COMMANDS) {
            out.reset();
            assertEquals(0, run((command.name() + " --help").split(" ")), command.name());
            String text = out.toString(StandardCharsets.UTF_8);
            assertTrue(text.startsWith(command.summary()), text);
            command.options().getOptions().forEach(o -> assertTrue(text.contains(
                    o.getLongOpt() == null ? "-" + o.getOpt() : "--" + o.getLongOpt()), text));
        }
    }

    @Test
    void aMistypedCommandIsWrongUsageWithTheNearestName() {
        assertEquals(2, run("simulat"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("did you mean 'simulate'"), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void halfACommandNamesTheWholeOnes() {
        assertEquals(2, run("train"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("'train ionisgate'"), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void anUnknownOptionIsWrongUsageWithTheNearestName() {
        assertEquals(2, run("simulate", "--spots-per-dy", "5"));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("unknown option --spots-per-dy; did you mean --spots-per-day?"),
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aChoiceThatIsNoneListsThem() {
        assertEquals(2, run("train", "ionisgate", "--vault", "nowhere", "--out", "nowhere", "--precision", "fp16"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("--precision 'fp16' is none of fp32, tf32, bf16"), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void noArgumentsShowTheHelpAsWrongUsage() {
        assertEquals(2, run());
    }
}
