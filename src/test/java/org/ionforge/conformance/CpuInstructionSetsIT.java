package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The cpu backend keeps every contract with the lower instruction sets too. The library chooses once a process, so each runs in
/// a Java of its own.
class CpuInstructionSetsIT {

    @ParameterizedTest
    @CsvSource({"portable, sse2", "avx2, avx2"})
    void keepsEveryContract(String isa, String flag) throws IOException, InterruptedException {
        assumeTrue(ionforge_cpu_h.isAvailable(), ionforge_cpu_h.LIBRARY + " was not built");
        assumeTrue(Files.readString(Path.of("/proc/cpuinfo")).contains(" " + flag + " "), "this processor has no " + flag);
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g",
                "-cp", System.getProperty("java.class.path"), ConformanceMain.class.getName(), "--only", "cpu",
                "--require", "cpu").redirectErrorStream(true);
        builder.environment().put("IONFORGE_ISA", isa);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("native C++ (" + isa + ","), output);
        assertTrue(output.contains("all passed"), output);
    }
}
