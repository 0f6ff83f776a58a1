package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// What nvcc made of the kernels.
@EnabledIf(value = "nvccIsThere", disabledReason = "no nvcc here: the kernels were not compiled for GPUs")
class KernelArchiveTest {

    private static final Path KERNELS = Path.of("kernels");

    static boolean nvccIsThere() {
        return Files.isExecutable(Path.of("/usr/local/cuda/bin/nvcc")) || Set.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nvcc")));
    }

    @Test
    void hasEveryKernelOfTheEmulatorForEveryArchitecture() {
        KernelArchive archive = KernelArchive.find().orElseThrow();
        assertEquals(List.of("sm_80", "sm_86", "sm_89", "sm_90a", "sm_100", "sm_120", "compute_80"), archive.architectures());
        Set<String> all = names(archive.kernels());
        try (EmulatedDevice emulator = EmulatedDevice.open(Schedule.FORWARD)) {
            assertEquals(emulator.kernels(), all);
        }
        for (KernelArchive.Fatbin fatbin : archive.fatbins()) {
            assertTrue(archive.architectures().containsAll(fatbin.architectures()), fatbin.file());
            for (String architecture : fatbin.architectures()) {
                if (architecture.startsWith("sm_")) {
                    assertEquals(names(fatbin.kernels()), names(fatbin.kernels().stream().filter(
                            k -> k.architecture().equals(architecture)).toList()), fatbin.file() + " on " + architecture);
                }
            }
        }
    }

    private static Set<String> names(List<KernelArchive.Kernel> kernels) {
        return kernels.stream().map(KernelArchive.Kernel::name).collect(Collectors.toSet());
    }

    /// A kernel with several definitions would be launched from whichever file comes first.
    @Test
    void noTwoFilesHaveAKernelInCommon() {
        Set<String> seen = new HashSet<>();
        for (KernelArchive.Fatbin fatbin : KernelArchive.find().orElseThrow().fatbins()) {
            assertTrue(fatbin.read().length > 1000, fatbin.file());
            for (String name : names(fatbin.kernels())) {
                assertTrue(seen.add(name), name);
            }
        }
    }

    @Test
    void everyKernelFitsItsBlock() {
        for (KernelArchive.Kernel kernel : KernelArchive.find().orElseThrow().kernels()) {
            assertTrue(kernel.maxThreads() < 1024, kernel.name() + " states no launch bound below 1024");
            assertTrue(Math.ceilDiv(kernel.registers(), 8) * 8 * kernel.maxThreads() <= 65536, kernel.toString());
            assertTrue(kernel.sharedBytes() <= 48 << 10, kernel.toString());
            assertTrue(kernel.sharedBytes() + kernel.dynamicSharedBytes() <= capabilityOf(kernel.architecture()).sharedBytes(),
                    kernel.toString());
        }
    }

    private static ComputeCapability capabilityOf(String architecture) {
        int number = Integer.parseInt(architecture.replaceAll("\\D", ""));
        return new ComputeCapability(number / 10, number % 10);
    }

    @Test
    void codeRunsOnItsOwnGenerationAndPtxOnAllThatFollow() {
        ComputeCapability ampere = new ComputeCapability(8, 0);
        ComputeCapability ada = new ComputeCapability(8, 9);
        ComputeCapability hopper = new ComputeCapability(9, 0);
        ComputeCapability next = new ComputeCapability(13, 0);
        assertTrue(ada.runs("sm_80") && ada.runs("sm_89") && hopper.runs("sm_90a"));
        assertFalse(ampere.runs("sm_89") || hopper.runs("sm_89") || next.runs("sm_120") || next.runs("sm_90a"));
        assertTrue(ampere.runs("compute_80") && next.runs("compute_80"));
        assertFalse(new ComputeCapability(7, 5).runs("compute_80"));
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
        assertTrue(build(folder, 0).contains("1 kernels for 6 architectures"));
    }

    @Test
    void aKernelThatDoesNotFitAnArchitectureFailsTheBuild(@TempDir Path folder) throws IOException, InterruptedException {
        copySources(folder);
        Path source = folder.resolve("kernels/large.cu");
        String kernel = """
                #include "portable.cuh"
                extern "C" __global__ void __launch_bounds__(256) large_f32(float *x) {
                    DYNAMIC_SHARED(float, tile);
                    tile[threadIdx.x] = x[threadIdx.x];
                    block_sync();
                    x[threadIdx.x] = tile[255 - threadIdx.x];
                }
                EXPORT_KERNEL(large_f32)
                DYNAMIC_SHARED_BYTES(large_f32, 100 * 1024 + 1)
                """;
        Files.writeString(source, kernel);
        String refusal = build(folder, 1);
        assertTrue(refusal.contains("kernel large_f32 on sm_86 needs 102401 bytes of shared memory; 101376 is the limit there"), refusal);
        assertFalse(refusal.contains("on sm_80"), refusal);
        Files.writeString(source, "// only for: 80 90a\n" + kernel);
        assertTrue(build(folder, 0).contains("1 kernels for 6 architectures, 1 of 1 files compiled"));
        String manifest = Files.readString(folder.resolve("out/kernels.json"));
        assertTrue(manifest.contains("\"architectures\": [\"sm_80\", \"sm_90a\"], \"kernels\""), manifest);
        assertTrue(manifest.contains("\"dynamicSharedBytes\": 102401"), manifest);
    }

    /// Without a launch bound a block may have 1,024 threads, and a thread then no more than 64 registers; statically declared memory has
    /// a limit of its own, below what a block may ask for at the launch.
    @Test
    void aKernelWithTooManyRegistersForItsBlockFailsTheBuild(@TempDir Path folder) throws IOException, InterruptedException {
        copySources(folder);
        Path source = folder.resolve("kernels/wide.cu");
        String kernel = """
                #include "portable.cuh"
                extern "C" __global__ void %s wide_f32(float *x) {
                    float v[48];
                    for (int i = 0; i < 48; i++) { v[i] = x[blockDim.x * i + threadIdx.x]; }
                    for (int round = 0; round < 4; round++) {
                        for (int i = 0; i < 48; i++) { v[i] = fmaf(v[(i + 1) %% 48], v[(i + 2) %% 48], v[i]); }
                    }
                    for (int i = 0; i < 48; i++) { x[blockDim.x * i + threadIdx.x] = v[i]; }
                }
                EXPORT_KERNEL(wide_f32)
                """;
        Files.writeString(source, "// only for: 80 90a\n" + kernel.formatted(""));
        String refusal = build(folder, 1);
        assertTrue(refusal.matches("(?s).*kernel wide_f32 on sm_80 needs \\d{3} registers for each of 1024 threads; a multiprocessor has 65536.*"), refusal);
        Files.writeString(source, "// only for: 80 90a\n" + kernel.formatted("__launch_bounds__(256)"));
        assertTrue(build(folder, 0).contains("1 kernels for 6 architectures"));
        assertTrue(Files.readString(folder.resolve("out/kernels.json")).matches("(?s).*\"registers\": 1\\d\\d, .*\"maxThreads\": 256.*"));
    }

    @Test
    void onlyWhatChangedIsCompiledAndAStaleFatbinIsRemoved(@TempDir Path folder) throws IOException, InterruptedException {
        copySources(folder);
        Path kernels = folder.resolve("kernels");
        Files.writeString(kernels.resolve("value.cuh"), "#define VALUE 1\n");
        Files.writeString(kernels.resolve("one.cu"), kernel("one_u8", "#include \"value.cuh\"\n"));
        Files.writeString(kernels.resolve("two.cu"), kernel("two_u8", "#define VALUE 2\n"));
        assertTrue(build(folder, 0).contains("2 of 2 files compiled"));
        List<String> first = fatbins(folder);
        assertEquals("", build(folder, 0), "nothing to do");
        assertEquals(first, fatbins(folder));
        Files.writeString(kernels.resolve("value.cuh"), "#define VALUE 3\n");
        assertTrue(build(folder, 0).contains("1 of 2 files compiled"), "the one that includes the header");
        List<String> second = fatbins(folder);
        assertEquals(2, second.size());
        assertNotEquals(first.get(0), second.get(0), "a new name");
        assertEquals(first.get(1), second.get(1));
        Files.delete(kernels.resolve("two.cu"));
        assertTrue(build(folder, 0).startsWith("ionforge: 1 kernels"));
        assertEquals(second.subList(0, 1), fatbins(folder));
    }

    private static String kernel(String name, String before) {
        return "#include \"portable.cuh\"\n" + before + "extern \"C\" __global__ void __launch_bounds__(256) " + name
                + "(unsigned char *x) { x[threadIdx.x] = VALUE; }\nEXPORT_KERNEL(" + name + ")\n";
    }

    /// The scripts and the dialect, without the shipped kernels.
    private static void copySources(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("kernels"));
        for (String file : List.of("build.sh", "compile.sh", "portable.cuh")) {
            Files.copy(KERNELS.resolve(file), folder.resolve("kernels", file));
        }
    }

    private static String build(Path folder, int expected) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", folder.resolve("kernels/build.sh").toString(), folder.resolve("out").toString(),
                folder.resolve("cache").toString())
                .redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(expected, process.waitFor(), output);
        return output;
    }

    private static List<String> fatbins(Path folder) throws IOException {
        try (var files = Files.list(folder.resolve("out"))) {
            return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".fatbin")).sorted().toList();
        }
    }
}
