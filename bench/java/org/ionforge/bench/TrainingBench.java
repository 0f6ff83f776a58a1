package org.ionforge.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Tensor;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;

/// A training step of IonisGate on the CPU (gather a batch by index, forward, loss, backward, AdamW, clamp), ours beside libtorch,
/// in turn in one process, with the same number of threads.
///
/// Peak memory is the growth of the resident set over the first two steps of a batch size: what a step needs beyond data and
/// parameters, less what the sizes before it left behind.
public final class TrainingBench {

    private static final GatedMlpShape SHAPE = new GatedMlpShape(13, 11, 512, 256, 128, 64, 8, 11, 12);
    private static final GatedMlp.LossOptions LOSS = new GatedMlp.LossOptions(1, 0.001f);
    private static final double WEIGHT_DECAY = 1e-5;
    private static final int DATA_ROWS = 1 << 18;
    /// Rounds of `ionforge_cpu_fma_peak`: 0.1 s.
    private static final long PEAK_ROUNDS = 10_000;
    /// Lets the peer's threads, which spin for a while after their work, come to rest.
    private static final long PAUSE_MS = 300;

    private final float[] features = uniform(1, DATA_ROWS * SHAPE.inputs(), 0, 1);
    private final float[] targets = uniform(2, DATA_ROWS, -2, 2);
    private final float[] weights = uniform(3, DATA_ROWS, 0.2, 2);
    private final float[] start = uniform(4, SHAPE.parameters(), -0.05, 0.05);

    private TrainingBench() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    private static int run(String[] arguments, PrintStream out) throws InterruptedException {
        Options options = new Options()
                .addOption(Option.builder().longOpt("batch").hasArgs().desc("rows of a step (default 4096 65536)").get())
                .addOption(Option.builder().longOpt("rounds").hasArg().desc("timed rounds (default 9)").get())
                .addOption(Option.builder().longOpt("threads").hasArg().desc("threads of both (default: all processors)").get())
                .addOption(Option.builder().longOpt("json").hasArg().desc("write the result to this file").get());
        try {
            CommandLine line = new DefaultParser(false).parse(options, arguments);
            int rounds = Integer.parseInt(line.getOptionValue("rounds", "9"));
            int threads = Integer.parseInt(line.getOptionValue("threads", "" + Runtime.getRuntime().availableProcessors()));
            List<Integer> batches = line.hasOption("batch")
                    ? Arrays.stream(line.getOptionValues("batch")).map(Integer::valueOf).toList() : List.of(4_096, 65_536);
            ionforge_cpu_h.ionforge_cpu_set_threads(threads);
            TorchGatedMlp.setThreads(threads);
            openblas.blas_set_num_threads(threads);
            TrainingBench bench = new TrainingBench();
            double peak = Math.max(ionforge_cpu_h.ionforge_cpu_fma_peak(PEAK_ROUNDS), ionforge_cpu_h.ionforge_cpu_fma_peak(PEAK_ROUNDS));
            out.printf(Locale.ROOT, "%s%n%s, %d threads; FMA peak %.1f GFLOP/s a core%n", ResultFile.machineName(),
                    ionforge_cpu_h.ionforge_cpu_isa(), threads, peak / 1e9);
            List<Result> results = new ArrayList<>();
            for (int batch : batches) {
                results.add(bench.compare(batch, rounds, peak * threads, out));
            }
            if (line.hasOption("json")) {
                ResultFile.of("TrainingBench " + String.join(" ", arguments), Map.of("fmaGflopsPerCore", peak / 1e9), results)
                        .write(Path.of(line.getOptionValue("json")));
            }
            return 0;
        } catch (ParseException | NumberFormatException e) {
            System.err.println("ionforge: " + e.getMessage()
                    + "; usage: TrainingBench [--batch ROWS…] [--rounds N] [--threads N] [--json FILE]");
            return 2;
        }
    }

    private Result compare(int batch, int rounds, double peak, PrintStream out) throws InterruptedException {
        int[] order = new SplittableRandom(5).ints(batch, 0, DATA_ROWS).toArray();
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        long ourMemory;
        long theirMemory;
        try (Ours us = new Ours(order)) {
            Theirs them = new Theirs(order);
            ourMemory = growth(us);
            theirMemory = growth(them);
            for (int i = 0; i < rounds; i++) {
                Thread.sleep(PAUSE_MS);
                ours[i] = Samples.time(us);
                Thread.sleep(PAUSE_MS);
                theirs[i] = Samples.time(them);
            }
        }
        Samples a = new Samples(ours);
        Samples b = new Samples(theirs);
        long operations = 2L * batch * multiplyAdds();
        double share = operations / (a.median() / 1e3) / peak;
        out.printf(Locale.ROOT, "batch %d: ratio %.2f%n", batch, b.median() / a.median());
        print(out, "ionforge", a, batch, operations, peak, ourMemory);
        print(out, "libtorch", b, batch, operations, peak, theirMemory);
        return Result.of("training", "ionisGateStep", "batch " + batch, "cpu", a, null, operations, share).beside("libtorch", b);
    }

    private static void print(PrintStream out, String name, Samples samples, int batch, long operations, double peak, long memory) {
        out.printf(Locale.ROOT, "  %s  median %8.2f ms  p10 %8.2f  p90 %8.2f  %9.0f samples/s  %4.1f %% of the FMA peak  +%d MiB%n", name,
                samples.median(), samples.p10(), samples.p90(), batch / (samples.median() / 1e3),
                100 * operations / (samples.median() / 1e3) / peak, memory >> 20);
    }

    /// Of forward and backward, a row: every weight of a dense layer thrice, but the first layer's needs no gradient by its input.
    private static long multiplyAdds() {
        long weights = SHAPE.tensors().stream().filter(t -> t.columns() > 1).mapToLong(GatedMlp.Tensor::length).sum();
        return 3 * weights - SHAPE.tensor("trunk.1.weight").length();
    }

    /// Growth of the resident set's peak over two steps, in bytes.
    private static long growth(Runnable step) {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
            long before = status("VmRSS");
            step.run();
            step.run();
            return status("VmHWM") - before;
        } catch (IOException e) {
            return 0;
        }
    }

    private static long status(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith(field + ":")).findFirst()
                .map(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10).orElse(0L);
    }

    private final class Ours implements Runnable, AutoCloseable {
        private final Backend backend = Backends.named("cpu");
        private final List<Buffer> buffers = new ArrayList<>();
        private final Buffer parameters = load(ElementType.F32, MemorySegment.ofArray(start));
        private final Buffer m = load(ElementType.F32, MemorySegment.ofArray(new float[start.length]));
        private final Buffer v = load(ElementType.F32, MemorySegment.ofArray(new float[start.length]));
        private final Buffer gradients = load(ElementType.F32, MemorySegment.ofArray(new float[start.length]));
        private final GatedMlp.Rows rows;
        private final List<AdamW.Group> groups = new ArrayList<>();
        private long step;

        Ours(int[] order) {
            rows = new GatedMlp.Rows(load(ElementType.F32, MemorySegment.ofArray(features)),
                    load(ElementType.F32, MemorySegment.ofArray(targets)), load(ElementType.F32, MemorySegment.ofArray(weights)),
                    load(ElementType.S32, MemorySegment.ofArray(order)), 0, order.length);
            for (TorchGatedMlp.Group group : groups()) {
                for (String name : group.tensors()) {
                    GatedMlp.Tensor tensor = SHAPE.tensor(name);
                    boolean clamped = clamped().contains(name);
                    groups.add(new AdamW.Group(tensor.offset(), tensor.length(), (float) group.learningRate(),
                            clamped ? 0.5f : Float.NEGATIVE_INFINITY, clamped ? 2 : Float.POSITIVE_INFINITY));
                }
            }
        }

        private Buffer load(ElementType type, MemorySegment values) {
            Buffer buffer = backend.allocate(type, values.byteSize() / type.bytes());
            buffer.upload(values);
            buffers.add(buffer);
            return buffer;
        }

        @Override
        public void run() {
            backend.gatedMlp().lossAndGradient(SHAPE, parameters, rows, LOSS, gradients);
            backend.adamW().step(parameters, gradients, m, v, groups, new AdamW.Options(0.9, 0.999, 1e-8, WEIGHT_DECAY), ++step);
        }

        @Override
        public void close() {
            buffers.forEach(Buffer::close);
            backend.close();
        }
    }

    private final class Theirs implements Runnable {
        private final TorchGatedMlp network = new TorchGatedMlp(SHAPE);
        private final Tensor x = TorchGatedMlp.tensor(features, DATA_ROWS, SHAPE.inputs());
        private final Tensor y = TorchGatedMlp.tensor(targets, DATA_ROWS);
        private final Tensor w = TorchGatedMlp.tensor(weights, DATA_ROWS);
        private final Tensor index;
        private final org.bytedeco.pytorch.AdamW optimizer;

        Theirs(int[] order) {
            network.load(start);
            index = Tensor.create(Arrays.stream(order).asLongStream().toArray(), order.length);
            optimizer = network.adamW(groups(), WEIGHT_DECAY);
        }

        @Override
        public void run() {
            network.lossAndGradient(x, y, w, index, LOSS);
            optimizer.step();
            for (String name : clamped()) {
                network.clamp(name, 0.5, 2);
            }
        }
    }

    private static List<TorchGatedMlp.Group> groups() {
        List<String> layers = List.of("trunk.1", "trunk.2", "base.1", "base.2");
        List<String> gates = List.of("sunGate.1", "sunGate.2", "stormGate.1", "stormGate.2");
        return List.of(new TorchGatedMlp.Group(both(layers), 1e-5), new TorchGatedMlp.Group(both(gates), 5e-5),
                new TorchGatedMlp.Group(List.of("sunSide.1.weight", "sunSide.2.weight", "sunSide.2.bias", "stormSide.1.weight",
                        "stormSide.2.weight", "stormSide.2.bias"), 1e-3));
    }

    private static List<String> both(List<String> layers) {
        return layers.stream().flatMap(l -> List.of(l + ".weight", l + ".bias").stream()).toList();
    }

    private static List<String> clamped() {
        return List.of("sunSide.1.weight", "sunSide.2.weight", "stormSide.1.weight", "stormSide.2.weight");
    }

    private static float[] uniform(long seed, int n, double low, double high) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return values;
    }
}
