package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bundle, unpacked elsewhere, run with an empty environment: no JAVA_HOME, no user's PATH, no other Java.
class BundleIT {

    private static final Map<String, String> BARE = Map.of("PATH", "/usr/bin:/bin");
    /// What a host with glibc has; libgcc and libstdc++ come with the bundle.
    private static final Set<String> HOST_LIBRARIES = Set.of("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1",
            "ld-linux-x86-64.so.2", "linux-vdso.so.1");

    @TempDir
    static Path folder;
    private static Path bundle;

    @BeforeAll
    static void makeAndUnpack() throws IOException, InterruptedException {
        Path made = folder.resolve("ionforge-bundle");
        String output = run(Map.of("PATH", System.getenv("PATH"), "XZ_OPT", "-1 -T0"), 0,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED", "-cp",
                "target/ionforge.jar:target/lib/*", "org.ionforge.cli.Main", "bundle", made.toString(), "--archive");
        Path archive = folder.resolve("ionforge-bundle.tar.xz");
        assertTrue(Files.size(archive) < 60L << 20, "archive, at xz's lowest level: " + output);
        bundle = Files.createDirectories(folder.resolve("elsewhere")).resolve("ionforge-bundle");
        run(Map.of("PATH", System.getenv("PATH")), 0, "tar", "-xJf", archive.toString(), "-C", bundle.getParent().toString());
        Files.move(made, folder.resolve("renamed"));
    }

    @Test
    void conformsWithNothingElseOnTheMachine() throws IOException, InterruptedException {
        String output = run(BARE, 0, launcher(), "conformance", "--require", "cpu", "emulator",
                "--only", "cpu", "emulator forward");
        assertTrue(output.startsWith("conformance on "), output);
        for (String room : List.of("cpu", "emulator forward")) {
            assertTrue(output.matches("(?s).*\n" + room + " +[1-9]\\d* tests\n.*"), output);
        }
        assertTrue(output.endsWith("all passed\n"), output);
    }

    @Test
    void aRequiredBackendThatIsNotThereIsAnError() throws IOException, InterruptedException {
        String output = run(Map.of("PATH", "/usr/bin:/bin", "IONFORGE_NATIVE", folder.toString()), 3, launcher(), "conformance", "--require", "cpu");
        assertTrue(output.contains("backend cpu is required and not available: libionforge_cpu.so was not built"), output);
    }

    @Test
    void benchmarksEveryOperation() throws IOException, InterruptedException {
        Path json = folder.resolve("bench.json");
        run(BARE, 0, launcher(), "bench", "--backend", "cpu", "--suite", "all", "--small", "--runs", "3", "--json", json.toString());
        JsonNode root = new ObjectMapper().readTree(json.toFile());
        assertTrue(root.at("/ceilings/cpu/copyGBps").asDouble() > 0 && root.at("/ceilings/cpu/dotGops").asDouble() > 0, root.toString());
        Set<String> operations = new TreeSet<>();
        for (JsonNode result : root.get("results")) {
            operations.add(result.get("operation").asText());
            assertEquals("cpu", result.get("backend").asText());
            assertTrue(result.get("medianMs").asDouble() > 0, result.toString());
            assertTrue(result.get("p10Ms").asDouble() <= result.get("medianMs").asDouble()
                    && result.get("medianMs").asDouble() <= result.get("p90Ms").asDouble(), result.toString());
        }
        assertTrue(operations.containsAll(Set.of("buffer.upload", "greatCircle.measure", "reductions.moments", "gatedMlp.lossAndGradient",
                "adamW.step", "ionisGate.step")), operations.toString());
    }

    @Test
    void runsCommandsThroughALink() throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(folder.resolve("linked"), bundle.resolve("ionforge"));
        assertTrue(run(BARE, 0, link.toString(), "devices").contains("native C++"));
        assertTrue(run(BARE, 2, link.toString(), "nonsense").contains("unknown command 'nonsense'"));
    }

    @Test
    void itsLibrariesNeedOnlyGlibc() throws IOException, InterruptedException {
        Set<String> needed = new TreeSet<>();
        List<Path> libraries;
        try (Stream<Path> files = Files.walk(bundle)) {
            libraries = files.filter(Files::isRegularFile).filter(file -> file.getFileName().toString().contains(".so")).toList();
        }
        for (Path library : libraries) {
            run(BARE, 0, "ldd", library.toString()).lines().map(String::strip).map(line -> line.split(" ")[0])
                    .map(name -> name.substring(name.lastIndexOf('/') + 1)).filter(name -> name.contains(".so")).forEach(needed::add);
        }
        Set<String> own = libraries.stream().map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        needed.removeAll(own);
        needed.removeAll(HOST_LIBRARIES);
        assertEquals(Set.of(), needed);
        assertTrue(own.stream().noneMatch(name -> name.contains("chdb")), own.toString());
    }

    private static String launcher() {
        return bundle.resolve("ionforge").toString();
    }

    private static String run(Map<String, String> environment, int expected, String... command) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "run", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(8, TimeUnit.MINUTES), String.join(" ", command));
        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertEquals(expected, process.exitValue(), output);
        return output;
    }
}
