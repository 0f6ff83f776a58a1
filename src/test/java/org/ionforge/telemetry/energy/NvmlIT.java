package org.ionforge.telemetry.energy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.ionforge.bindings.nvml.nvml_h;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// The binding of NVML in processes of their own, with a stand-in for the library (native/emulator/test/nvml.cpp).
@EnabledIf(value = "standInIsThere", disabledReason = "no C++ compiler here: this build has no stand-in for NVML")
class NvmlIT {

    private static final Path STAND_IN = Path.of("target/native/vendor").toAbsolutePath();

    @TempDir
    private Path folder;

    static boolean standInIsThere() {
        return Files.exists(STAND_IN.resolve(nvml_h.LIBRARY));
    }

    /// Between two readings the stand-in's GPUs take 1.5 and 0.25 J.
    @Test
    void theEnergyOfAllGpusIsAdded() throws IOException, InterruptedException {
        assertEquals("1.7500 2 GPUs\n1.7500 2 GPUs\n", run(STAND_IN, Map.of()));
    }

    @Test
    void gpusThatCountNoEnergyAreNotMeasured() throws IOException, InterruptedException {
        assertEquals("not measured: nvmlDeviceGetTotalEnergyConsumption: Not Supported\n".repeat(2), run(STAND_IN, Map.of("IONFORGE_NVML_STANDIN", "old")));
    }

    @Test
    void aLibraryThatDoesNotFitIsSaid() throws IOException, InterruptedException {
        Files.copy(STAND_IN.resolve("libcudnn.so.9"), folder.resolve(nvml_h.LIBRARY));
        assertEquals("not measured: libnvidia-ml.so.1 is installed but does not fit: libnvidia-ml.so.1: nvmlInit_v2\n",
                run(folder, Map.of()).lines().findFirst().orElseThrow() + "\n");
    }

    @Test
    void withoutTheLibraryItIsNotMeasured() throws IOException, InterruptedException {
        assumeFalse(nvml_h.isAvailable(), "NVML is installed here");
        assertEquals("not measured: libnvidia-ml.so.1 is not installed\n".repeat(2), run(folder, Map.of()));
    }

    private String run(Path libraries, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), EnergyExercise.class.getName())).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", libraries + ":" + STAND_IN.resolveSibling("driver"));
        builder.environment().putAll(environment);
        Path log = folder.resolve("log");
        Process process = builder.redirectOutput(log.toFile()).start();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), output);
        return output;
    }
}
