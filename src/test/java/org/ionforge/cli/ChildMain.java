package org.ionforge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line in a process of its own, to which Ctrl-C means what it does in a terminal: a shell that runs the tests in the
/// background has it ignored, and every process below it too.
final class ChildMain {

    private ChildMain() {
    }

    static ProcessBuilder of(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g", "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }
}
