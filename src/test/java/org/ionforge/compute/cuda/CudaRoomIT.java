package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// The conformance tests in processes of their own: through JCuda on a driver over the emulator, and on an emulator built with
/// the address and undefined-behaviour sanitizers.
class CudaRoomIT {

    private static final Path NATIVE = Path.of("target/native").toAbsolutePath();

    static boolean nvccIsThere() {
        return KernelArchiveTest.nvccIsThere();
    }

    /// JCuda, the context, the stream, pinned transfers, the pool, launches and graphs, everything but the silicon.
    @Test
    @EnabledIf(value = "nvccIsThere", disabledReason = "no nvcc here: this build has no kernels for the CUDA room to load")
    void theCudaRoomConformsThroughJCuda() throws IOException, InterruptedException {
        String output = run(Map.of("LD_LIBRARY_PATH", NATIVE.resolve("driver").toString()), 0,
                "org.ionforge.conformance.ConformanceMain", "--require", "cuda", "--only", "cuda");
        assertTrue(output.startsWith("conformance on cuda: emulated GPU (compute 8.0, 1.0 GiB, driver for CUDA 13.0); "), output);
        assertTrue(output.matches("(?s).*\ncuda +[1-9]\\d* tests\n.*all passed\n"), output);
    }

    @Test
    @EnabledIf(value = "nvccIsThere", disabledReason = "no nvcc here: this build has no kernels for the CUDA room to load")
    void transfersLaunchesAndGraphsKeepTheirOrder() throws IOException, InterruptedException {
        for (String capability : List.of("80", "90")) {
            String output = run(Map.of("LD_LIBRARY_PATH", NATIVE.resolve("driver").toString(), "EMULATED_CAPABILITY", capability), 0,
                    JCudaExercise.class.getName());
            assertEquals("done\n", output);
        }
    }

    /// Every one of them: those of conformance, those of tiles that its small products do not choose, and those that measure a GPU.
    @Test
    void theKernelsAreCleanUnderSanitizers(@TempDir Path folder) throws IOException, InterruptedException {
        command(Map.of(), 0, "bash", "native/build.sh", folder.toString(), "-DIONFORGE_SANITIZE=ON");
        String asan = command(Map.of(), 0, "g++", "-print-file-name=libasan.so").strip();
        Map<String, String> environment = Map.of("IONFORGE_NATIVE", folder.toString(), "LD_PRELOAD", asan,
                "ASAN_OPTIONS", "handle_segv=0:detect_leaks=0", "UBSAN_OPTIONS", "print_stacktrace=1");
        String output = run(environment, 0, "org.ionforge.conformance.ConformanceMain", "--only", "emulator forward",
                "--with", CudaQuantizedGemmTest.class.getName(), CudaColumnSumsTest.class.getName(), CudaPeaksTest.class.getName());
        assertTrue(output.matches("(?s).*\nemulator forward +[1-9]\\d* tests\n.*all passed\n"), output);
        assertTrue(output.contains("every kernel ran on emulator forward\n"), output);
        // The sanitizer sees what the emulator's own red zones cannot: a read past the end.
        String planted = run(environment, 1, SanitizerExercise.class.getName(), folder.resolve("libionforge_emulator_test.so").toString());
        assertTrue(planted.contains("ERROR: AddressSanitizer") && planted.contains("planted_shared_overread"), planted);
    }

    private static String run(Map<String, String> environment, int expected, String... main) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g", "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(main));
        return command(environment, expected, command.toArray(String[]::new));
    }

    private static String command(Map<String, String> environment, int expected, String... command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("ionforge", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(8, TimeUnit.MINUTES), String.join(" ", command));
        String output = Files.readString(log, StandardCharsets.UTF_8);
        Files.delete(log);
        assertEquals(expected, process.exitValue(), output);
        return output;
    }
}
