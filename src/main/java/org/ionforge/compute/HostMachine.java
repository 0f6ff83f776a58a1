package org.ionforge.compute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What Linux says about the processor and the memory; benchmarks and reports name their machine by it.
public final class HostMachine {

    private HostMachine() {
    }

    /// The processor's name and the number of processors online: `AMD EPYC 9354 32-Core Processor × 64`.
    public static String processor() {
        String name = field(Path.of("/proc/cpuinfo"), "model name");
        return (name.isEmpty() ? System.getProperty("os.arch") : name) + " × " + Runtime.getRuntime().availableProcessors();
    }

    /// Memory of the machine, in bytes; 0 if Linux does not say.
    public static long memoryBytes() {
        String kilobytes = field(Path.of("/proc/meminfo"), "MemTotal").replace("kB", "").strip();
        return kilobytes.isEmpty() ? 0 : Long.parseLong(kilobytes) << 10;
    }

    /// The first value of that name in a file of `name : value` lines, or nothing.
    private static String field(Path file, String name) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name)).map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst().orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
