package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ionforge.compute.cuda.vendor.VendorLibraries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// The bindings of NVIDIA's libraries, the choice among them and what `devices` says of it, in processes of their own: on the driver over
/// the emulator, with stand-ins (native/emulator/test/cublas.cpp, cudnn.cpp) that do each product on the host from the descriptors they
/// are given, and refuse what the headers do not allow.
@EnabledIf(value = "nvccIsThere", disabledReason = "no nvcc here: this build has no kernels for the CUDA room to load")
class VendorLibrariesIT {

    private static final Path NATIVE = Path.of("target/native").toAbsolutePath();

    @TempDir
    Path folder;

    static boolean nvccIsThere() {
        return KernelArchiveTest.nvccIsThere();
    }

    @Test
    void librariesMultiplyAreChosenAndRemembered() throws IOException, InterruptedException {
        String output = run(0, List.of(NATIVE.resolve("vendor")), VendorExercise.class.getName(), "cuBLASLt", "cuBLAS", "cuDNN");
        assertTrue(output.startsWith("""
                cuBLASLt: libcublasLt.so.13, version 13.1.1
                cuBLAS: libcublas.so.12 through JCublas, version 12
                cuDNN: libcudnn.so.9, version 9.8.1
                """), output);
        String floats = products("fp32") + products("tf32");
        assertTrue(output.contains("\ncuBLASLt did " + floats + products("bf16") + "int8 ABᵀ 16×32×64, int8 ABᵀ 1×4×128, int8 ABᵀ 48×16×4\n"), output);
        assertTrue(output.contains("\ncuBLAS did " + floats + products("bf16") + "int8 ABᵀ 16×32×64, int8 ABᵀ 1×4×128, int8 ABᵀ 48×16×4\n"), output);
        assertTrue(output.contains("\ncuDNN did " + floats.substring(0, floats.length() - 2) + "\n"), output);
        assertTrue(output.endsWith("cuBLASLt trained\ncuBLAS trained\ncuDNN trained\ndone\n"), output);

        String text = run(0, List.of(NATIVE.resolve("vendor")), "org.ionforge.cli.Main", "devices");
        assertTrue(text.contains("  libraries  cuBLASLt: libcublasLt.so.13, version 13.1.1\n             cuBLAS: "), text);
        assertTrue(text.contains("  products   on emulated GPU (compute 8.0, driver for CUDA 13.0, libcublasLt.so.13, version 13.1.1, "), text);
        assertTrue(text.contains("\n             fp32 AᵀB 32×16×32 by ionforge: cuBLAS "), text);
        JsonNode json = new ObjectMapper().readTree(run(0, List.of(NATIVE.resolve("vendor")), "org.ionforge.cli.Main", "devices", "--json"));
        assertEquals("cuDNN", json.at("/libraries/2/name").asText());
        JsonNode slow = json.at("/products/emulated GPU/products").get("fp32 AᵀB 16×16×32");
        assertFalse(slow.get("provider").asText().equals("ionforge"), slow.toString());
        assertTrue(slow.at("/milliseconds/ionforge").asDouble() >= 5, slow.toString());
    }

    private static String products(String type) {
        StringBuilder text = new StringBuilder();
        for (String form : List.of("ABᵀ", "AᵀB")) {
            for (String shape : List.of("16×32×64", "1×4×128", "48×16×4", "5×7×3")) {
                text.append(type).append(' ').append(form).append(' ').append(shape).append(", ");
            }
        }
        return text.toString();
    }

    @Test
    void jCudnnServesWhereThereIsOnlyCudnn8() throws IOException, InterruptedException {
        assumeNoneInstalled();
        String output = run(0, List.of(NATIVE.resolve("vendor8")), VendorExercise.class.getName(), "cuDNN");
        assertTrue(output.contains("\ncuDNN: libcudnn.so.8 through JCudnn, version 8.9.6\n"), output);
        assertTrue(output.contains("\ncuDNN did " + products("fp32")), output);
        assertTrue(output.endsWith("cuDNN trained\ndone\n"), output);
    }

    /// A library of another kind under the name: said, and everything goes on with our kernels.
    @Test
    void aLibraryThatDoesNotFitIsSaidAndLeftAlone() throws IOException, InterruptedException {
        assumeNoneInstalled();
        Path unfit = Files.createDirectories(folder.resolve("unfit"));
        Files.copy(NATIVE.resolve("driver/libcuda.so.1"), unfit.resolve("libcublasLt.so.13"));
        Files.writeString(unfit.resolve("libcudnn.so.9"), "not a library");
        String output = run(0, List.of(unfit), VendorExercise.class.getName());
        assertTrue(output.startsWith("cuBLASLt: libcublasLt.so.13 is installed but does not fit: libcublasLt.so.13: cublasLtGetVersion\n"), output);
        assertTrue(output.endsWith("done\n"), output);
    }

    @Test
    void withoutLibrariesOurKernelsDoEverything() throws IOException, InterruptedException {
        assumeNoneInstalled();
        String output = run(0, List.of(), VendorExercise.class.getName());
        assertEquals("""
                cuBLASLt: libcublasLt.so.13 or libcublasLt.so.12 is not installed
                cuBLAS: libcublas.so.12 is not installed
                cuDNN: libcudnn.so.9 or libcudnn.so.8 is not installed
                done
                """, output);
        String text = run(0, List.of(), "org.ionforge.cli.Main", "devices");
        assertTrue(text.contains("  products   by our own kernels: none measured yet\n"), text);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(), files.filter(Files::isDirectory).toList(), "nothing was measured");
        }
    }

    @Test
    void anUnknownProviderIsAnError() throws IOException, InterruptedException {
        ProcessBuilder builder = builder(List.of(), "org.ionforge.cli.Main", "devices");
        builder.environment().put("IONFORGE_PRODUCTS", "cuTENSOR");
        assertTrue(run(2, builder).contains("IONFORGE_PRODUCTS is 'cuTENSOR': one of auto, own, cuBLASLt, cuBLAS, cuDNN"));
    }

    @Test
    void theyAreMeasuredBesideOurIntegerProducts() throws IOException, InterruptedException {
        assertEquals("cuBLASLt agrees\ncuBLAS agrees\ncuDNN cannot\n", run(0, List.of(NATIVE.resolve("vendor")), "org.ionforge.bench.VendorProductExercise"));
    }

    /// The real ones would be found beside the stand-ins.
    private static void assumeNoneInstalled() {
        assumeTrue(VendorLibraries.all().stream().noneMatch(VendorLibraries.Status::installed), "NVIDIA's libraries are installed here");
    }

    private String run(int expected, List<Path> libraries, String... main) throws IOException, InterruptedException {
        return run(expected, builder(libraries, main));
    }

    /// The driver over the emulator and these libraries, with a cache of its own.
    private ProcessBuilder builder(List<Path> libraries, String... main) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g", "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(main));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", String.join(":", Stream.concat(Stream.of(NATIVE.resolve("driver")), libraries.stream())
                .map(Path::toString).toList()));
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        builder.environment().put("IONFORGE_BACKEND", "auto");
        return builder;
    }

    private String run(int expected, ProcessBuilder builder) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "run", ".log");
        Process process = builder.redirectOutput(log.toFile()).start();
        assertTrue(process.waitFor(8, TimeUnit.MINUTES), String.join(" ", builder.command()));
        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertEquals(expected, process.exitValue(), output);
        return output;
    }
}
