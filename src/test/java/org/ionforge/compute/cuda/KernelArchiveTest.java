package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// What nvcc made of the kernels.
@EnabledIf(value = "nvccIsThere", disabledReason = "no nvcc here: the kernels were not compiled for GPUs")
class KernelArchiveTest {

    private static final Path SCRIPT = Path.of("kernels/build.sh");

    static boolean nvccIsThere() {
        return Files.isExecutable(Path.of("/usr/local/cuda/bin/nvcc")) || Set.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nvcc")));
    }

    @Test
    void hasEveryKernelOfTheEmulatorForEveryArchitecture() {
        KernelArchive archive = KernelArchive.find().orElseThrow();
        assertEquals(List.of("sm_80", "sm_86", "sm_89", "sm_90a", "sm_100", "sm_120", "compute_80"), archive.architectures());
        try (EmulatedDevice emulator = EmulatedDevice.open(Schedule.FORWARD)) {
            for (String architecture : archive.architectures().subList(0, 6)) {
                assertEquals(emulator.kernels(), archive.kernels().stream().filter(k -> k.architecture().equals(architecture))
                        .map(KernelArchive.Kernel::name).collect(Collectors.toSet()), architecture);
            }
        }
    }

    @Test
    void everyKernelFitsItsBlock() {
        KernelArchive archive = KernelArchive.find().orElseThrow();
        assertTrue(archive.read().length > 1000);
        for (KernelArchive.Kernel kernel : archive.kernels()) {
            assertTrue(kernel.maxThreads() < 1024, kernel.name() + " states no launch bound below 1024");
            assertTrue(kernel.registers() * kernel.maxThreads() <= 65536, kernel.toString());
            assertTrue(kernel.sharedBytes() <= 48 << 10, kernel.toString());
        }
    }

    @Test
    void aKernelThatNeedsAStackFrameFailsTheBuild(@TempDir Path folder) throws IOException, InterruptedException {
        copySources(folder);
        String kernel = """
                #include "portable.cuh"
                extern "C" __global__ void __launch_bounds__(256) slow_sine_f64(double *x) { x[threadIdx.x] = sin(x[threadIdx.x]); }
                EXPORT_KERNEL(slow_sine_f64)
                """;
        Files.writeString(folder.resolve("kernels/slow.cu"), kernel);
        assertTrue(build(folder, 1).contains("kernel slow_sine_f64 on sm_80 has a stack frame of"));
        Files.writeString(folder.resolve("kernels/slow.cu"), "// may use a stack frame: slow_sine_f64: huge arguments are its job\n" + kernel);
        assertTrue(build(folder, 0).contains("kernels for 6 architectures"));
    }

    @Test
    void aChangedSourceReplacesTheFatbin(@TempDir Path folder) throws IOException, InterruptedException {
        copySources(folder);
        Files.writeString(folder.resolve("kernels/one.cu"), """
                #include "portable.cuh"
                extern "C" __global__ void __launch_bounds__(256) one_u8(unsigned char *x) { x[threadIdx.x] = 1; }
                EXPORT_KERNEL(one_u8)
                """);
        build(folder, 0);
        List<String> first = fatbins(folder);
        assertEquals("", build(folder, 0), "nothing to do");
        assertEquals(first, fatbins(folder));
        Files.writeString(folder.resolve("kernels/one.cu"), Files.readString(folder.resolve("kernels/one.cu")).replace("= 1", "= 2"));
        build(folder, 0);
        assertEquals(1, fatbins(folder).size());
        assertTrue(!fatbins(folder).equals(first), "a new name");
    }

    /// The script and the dialect, without the shipped kernels.
    private static void copySources(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("kernels"));
        Files.copy(SCRIPT, folder.resolve("kernels/build.sh"));
        Files.copy(SCRIPT.resolveSibling("portable.cuh"), folder.resolve("kernels/portable.cuh"));
    }

    private static String build(Path folder, int expected) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", folder.resolve("kernels/build.sh").toString(), folder.resolve("out").toString())
                .redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(expected, process.waitFor(), output);
        return output;
    }

    private static List<String> fatbins(Path folder) throws IOException {
        try (var files = Files.list(folder.resolve("out"))) {
            return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".fatbin")).toList();
        }
    }
}
