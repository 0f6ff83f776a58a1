package org.ionforge.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ionforge.bench.peers.PeerBench;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The benchmark command on small shapes: everything runs, and agrees with its peer.
class BenchTest {

    @TempDir
    Path folder;

    /// The interfaces of a [org.ionforge.compute.Backend].
    private static final Set<String> INTERFACES = Set.of("activityLosses", "adamW", "batchRows", "crossEntropy", "fakeQuantisation",
            "gatedMlp", "gradientNorm", "greatCircle", "gridSquares", "groupedMedians", "lif", "observers", "patches", "quantizedGemm",
            "radixSort", "randomFill", "reductions", "rmsProp", "samplingKeys", "sgd", "silverEmbedding", "solarElevation", "spikingLinear",
            "spotKeys");

    @Test
    void everyOperationRunsAndAgreesWithItsPeer() throws IOException {
        Path json = folder.resolve("all.json");
        Bench.Company company = PeerBench.COMPANY.with(new ClickHouseSql());
        Run run = run(Benchmarks.ALL, company, "--suite", "all", "--small", "--runs", "2", "--json", json.toString());
        assertEquals(0, run.code, run.text);
        JsonNode root = new ObjectMapper().readTree(json.toFile());
        assertTrue(root.at("/ceilings/cpu/copyGBps").asDouble() > 0, root.toString());
        Set<String> rows = new HashSet<>();
        Set<String> peers = new HashSet<>();
        Set<String> unmeasured = new HashSet<>(INTERFACES);
        for (JsonNode result : root.get("results")) {
            assertTrue(rows.add(result.get("operation").asText() + result.get("shape").asText() + result.get("backend").asText() + result.get("peer")),
                    "twice: " + result);
            assertTrue(0 < result.get("p10Ms").asDouble() && result.get("p10Ms").asDouble() <= result.get("medianMs").asDouble()
                    && result.get("medianMs").asDouble() <= result.get("p90Ms").asDouble(), result.toString());
            assertTrue(Double.isFinite(result.get("sum").asDouble()) && result.get("sum").asDouble() != 0, result.toString());
            unmeasured.remove(result.get("operation").asText().split("[. ]")[0]);
            if (result.has("peer")) {
                peers.add(result.get("peer").asText());
                assertEquals(result.get("peerMedianMs").asDouble() / result.get("medianMs").asDouble(), result.get("ratio").asDouble(), 1e-9);
            }
        }
        assertEquals(company.peers().stream().map(Peer::name).collect(Collectors.toSet()), peers, "a peer was not measured");
        assertEquals(Set.of(), unmeasured);
    }

    @Test
    void aPeerThatComputesSomethingElseIsAnError() {
        assertEquals(0, run(List.of(new Halves()), beside(0.5), "--backend", "reference").code);
        Run run = run(List.of(new Halves()), beside(0.6), "--backend", "reference");
        assertEquals(1, run.code, run.text);
        assertTrue(run.text.contains("halves 4: other computes something else: sum 2.4 beside ours 2.0"), run.text);
    }

    @Test
    void aRunMergesIntoTheFileThatItIsGiven() throws IOException {
        Path json = folder.resolve("merged.json");
        for (String backend : List.of("reference", "cpu", "reference")) {
            assertEquals(0, run(List.of(new Halves()), Bench.Company.NONE, "--backend", backend, "--json", json.toString(), "--merge").code);
        }
        assertEquals(List.of("cpu", "reference"), new ObjectMapper().readTree(json.toFile()).get("results").findValuesAsText("backend"));
        Files.writeString(json, "{}");
        assertEquals(2, run(List.of(new Halves()), Bench.Company.NONE, "--json", json.toString(), "--merge").code, "before anything is measured");
    }

    @Test
    void aRunThatIsStoppedLeavesWhatItHad() throws IOException {
        Path json = folder.resolve("stopped.json");
        Benchmark stops = new Halves() {
            @Override
            public List<Workload> workloads(Size size) {
                return List.of(Workload.of("stops", "1", Cost.UNKNOWN, _ -> {
                    throw new IllegalStateException("stopped");
                }));
            }
        };
        assertThrows(IllegalStateException.class,
                () -> run(List.of(new Halves(), stops), Bench.Company.NONE, "--backend", "reference", "--json", json.toString()));
        assertEquals(List.of("halves"), new ObjectMapper().readTree(json.toFile()).get("results").findValuesAsText("operation"));
    }

    @Test
    void aCommandIsKeptAsALineForAShell() {
        assertEquals("IONFORGE_JVM=\"-Xmx1g -Xint\" GOMP_SPINCOUNT=300000 ./ionforge bench --only \"spiking inference\" lif. --runs 3",
                Bench.line("./ionforge bench", new String[] {"--only", "spiking inference", "lif.", "--json", "my results.json", "--merge", "--runs", "3"},
                        Map.of("HOME", "/", "GOMP_SPINCOUNT", "300000", "IONFORGE_JVM", "-Xmx1g -Xint")));
    }

    @Test
    void wrongUsageIsNamed() {
        assertEquals(2, run(List.of(), Bench.Company.NONE, "--merge").code, "into no file");
        assertEquals(2, run(List.of(), Bench.Company.NONE, "--suite", "speed").code);
        assertEquals(2, run(List.of(), Bench.Company.NONE, "--runs", "0").code);
        assertEquals(2, run(List.of(), Bench.Company.NONE, "--fast").code);
        assertEquals(3, run(List.of(), Bench.Company.NONE, "--only", "nothing", "--backend", "reference").code, "nothing was measured");
        assertEquals(3, run(List.of(new Halves()), Bench.Company.NONE, "--only", "halves", "--except", "ALVES 4", "--backend", "reference").code);
        assertTrue(run(List.of(), Bench.Company.NONE, "--only", "nothing", "--backend", "reference").text.contains("nothing was measured"));
        assertTrue(run(List.of(), Bench.Company.NONE, "--suite", "speed").text.contains("one of kernels, train, refine, all"));
    }

    private static Bench.Company beside(double element) {
        return new Bench.Company(List.of(new Other(element)), Optional.empty());
    }

    private record Run(int code, String text) {
    }

    private static Run run(List<Benchmark> benchmarks, Bench.Company company, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int code = Bench.run("bench", arguments, benchmarks, company, out, out);
        return new Run(code, bytes.toString(StandardCharsets.UTF_8));
    }

    /// Four elements of one half.
    private static class Halves implements Benchmark {
        @Override
        public Suite suite() {
            return Suite.KERNELS;
        }

        @Override
        public List<Workload> workloads(Size size) {
            return List.of(Workload.of("halves", "4", Cost.UNKNOWN, operands -> {
                float[] halves = {0.5f, -0.5f, 0.5f, -0.5f};
                return operands.running(() -> { }, operands.floats(halves), operands.allocate(ElementType.F32, 0));
            }));
        }
    }

    /// Four elements of something.
    private record Other(double element) implements Peer {
        @Override
        public String name() {
            return "other";
        }

        @Override
        public String backend() {
            return "reference";
        }

        @Override
        public void setThreads(int threads) {
        }

        @Override
        public Optional<Contender> contender(Workload workload) {
            return Optional.of(new Contender() {
                @Override
                public void run() {
                }

                @Override
                public double sum() {
                    return 4 * element;
                }
            });
        }
    }
}
