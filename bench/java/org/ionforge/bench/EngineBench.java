package org.ionforge.bench;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;

/// Every operation of the engine, timed on every backend of this machine: `./ionforge bench` of a bundle.
///
/// Buffers lie on the backend before the clock starts; a run ends when the device has done its work. Bytes are what the
/// contract makes an operation read and write once.
public final class EngineBench {

    private static final GatedMlpShape IONIS_GATE = new GatedMlpShape(13, 11, 512, 256, 128, 64, 8, 11, 12);
    /// The definition is that much slower that it gets that many fewer rows.
    private static final int REFERENCE_SHARE = 64;

    private final Backend backend;
    private final int runs;
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<Result> results = new ArrayList<>();
    /// GB read and written a second by a copy with all cores, measured in this run; NaN where the host has no address to copy from.
    private double copyGbps = Double.NaN;

    private EngineBench(Backend backend, int runs) {
        this.backend = backend;
        this.runs = runs;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    private static int run(String[] arguments, PrintStream out) {
        Options options = new Options()
                .addOption(Option.builder().longOpt("backend").hasArgs().desc("only these (default: all but the emulator)").get())
                .addOption(Option.builder().longOpt("rows").hasArg().desc("rows of an element-wise operation (default 4194304)").get())
                .addOption(Option.builder().longOpt("runs").hasArg().desc("timed runs of each (default 11)").get())
                .addOption(null, "json", false, "print the result as JSON");
        CommandLine line;
        int rows;
        int runs;
        try {
            line = new DefaultParser(false).parse(options, arguments);
            rows = Integer.parseInt(line.getOptionValue("rows", "4194304"));
            runs = Integer.parseInt(line.getOptionValue("runs", "11"));
        } catch (ParseException | NumberFormatException e) {
            System.err.println("ionforge: " + e.getMessage() + "; usage: bench [--backend NAME…] [--rows N] [--runs K] [--json]");
            return 2;
        }
        boolean json = line.hasOption("json");
        List<String> names = line.hasOption("backend") ? List.of(line.getOptionValues("backend")) : Backends.available().stream()
                .filter(each -> each.available() && !each.name().equals("emulator")).map(Backends.Availability::name).toList();
        ResultFile file = measure(names, rows, runs);
        out.print(json ? file.json() : table(file));
        return 0;
    }

    private static ResultFile measure(List<String> names, int rows, int runs) {
        List<Result> all = new ArrayList<>();
        StringBuilder devices = new StringBuilder();
        Map<String, Double> ceilings = new TreeMap<>();
        for (String name : names) {
            try (Backend backend = Backends.named(name)) {
                devices.append(devices.isEmpty() ? "" : "; ").append(name).append(": ").append(backend.description());
                boolean slow = name.equals("reference") || name.equals("emulator");
                EngineBench bench = new EngineBench(backend, runs);
                if (backend.hostAddressable()) {
                    bench.copyGbps = bench.copy(rows);
                    ceilings.merge("copyGBps", bench.copyGbps, Math::max);
                }
                all.addAll(bench.all(slow ? Math.max(1, rows / REFERENCE_SHARE) : rows, slow ? 128 : 8192));
            }
        }
        return ResultFile.of("ionforge bench --rows " + rows + " --runs " + runs + " (" + devices + ")", ceilings, all);
    }

    private List<Result> all(int n, int batch) {
        for (Runnable family : List.<Runnable>of(() -> transfers(n), () -> gridSquares(n), () -> geodesy(n), () -> silver(n),
                () -> samplingKeys(n), () -> reductions(n), () -> network(n, batch))) {
            try {
                family.run();
            } finally {
                buffers.forEach(Buffer::close);
                buffers.clear();
            }
        }
        return results;
    }

    /// What the memory gives to whoever only copies: every core its share of four arrays of `n` floats each way.
    private double copy(int n) {
        int cores = Runtime.getRuntime().availableProcessors();
        long bytes = 16L * n;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment from = arena.allocate(bytes, 64).fill((byte) 1);
            MemorySegment to = arena.allocate(bytes, 64);
            Samples samples = Samples.of(3, runs, () -> IntStream.range(0, cores).parallel().forEach(core -> {
                long first = bytes * core / cores;
                MemorySegment.copy(from, first, to, first, bytes * (core + 1) / cores - first);
            }));
            return 2 * bytes / samples.median() / 1e6;
        }
    }

    private void transfers(int n) {
        Buffer buffer = floats(n, 0, 1);
        MemorySegment host = MemorySegment.ofArray(new float[n]);
        measure("buffer.upload", "F32", n, 4L * n, () -> buffer.upload(host));
        measure("buffer.download", "F32", n, 4L * n, () -> buffer.download(host));
    }

    private void gridSquares(int n) {
        byte[] text = new byte[8 * n];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < n; i++) {
            text[8 * i] = (byte) ('A' + random.nextInt(18));
            text[8 * i + 1] = (byte) ('A' + random.nextInt(18));
            text[8 * i + 2] = (byte) ('0' + random.nextInt(10));
            text[8 * i + 3] = (byte) ('0' + random.nextInt(10));
        }
        Buffer locators = load(ElementType.U8, MemorySegment.ofArray(text));
        Buffer latitude = allocate(ElementType.F32, n);
        Buffer longitude = allocate(ElementType.F32, n);
        Buffer valid = allocate(ElementType.U8, n);
        measure("gridSquares.decode", "4 characters", n, 17L * n, () -> backend.gridSquares().decode(locators, latitude, longitude, valid, n));
    }

    private void geodesy(int n) {
        Buffer latitudeA = floats(n, -90, 90);
        Buffer longitudeA = floats(n, -180, 180);
        Buffer latitudeB = floats(n, -90, 90);
        Buffer longitudeB = floats(n, -180, 180);
        Buffer[] out = {allocate(ElementType.F32, n), allocate(ElementType.F32, n), allocate(ElementType.F32, n), allocate(ElementType.F32, n)};
        measure("greatCircle.measure", "", n, 32L * n, () -> backend.greatCircle().measure(latitudeA, longitudeA, latitudeB, longitudeB,
                out[0], out[1], out[2], out[3], n));
        Buffer day = floats(n, 1, 366);
        Buffer hour = floats(n, 0, 24);
        measure("solarElevation.elevation", "", n, 20L * n,
                () -> backend.solarElevation().elevation(latitudeA, longitudeA, day, hour, out[0], n));
    }

    private void silver(int n) {
        Buffer distance = floats(n, 0, 20000);
        Buffer xray = floats(n, 1e-8f, 1e-4f);
        Buffer kp = floats(n, 0, 9);
        Buffer[] out = {allocate(ElementType.F32, n), allocate(ElementType.F32, n), allocate(ElementType.F32, n), allocate(ElementType.F32, n)};
        measure("silverEmbedding.embed", "", n, 28L * n,
                () -> backend.silverEmbedding().embed(distance, xray, kp, out[0], out[1], out[2], out[3], n));
    }

    private void samplingKeys(int n) {
        long[] identities = new SplittableRandom(2).longs(n).toArray();
        Buffer identity = load(ElementType.U64, MemorySegment.ofArray(identities));
        Buffer weight = floats(n, 0.1f, 10);
        Buffer keys = allocate(ElementType.U64, n);
        Buffer weighted = allocate(ElementType.F64, n);
        measure("samplingKeys.uniform", "", n, 16L * n, () -> backend.samplingKeys().uniform(identity, 42, keys, n));
        measure("samplingKeys.weighted", "", n, 20L * n, () -> backend.samplingKeys().weighted(identity, weight, 42, weighted, n));
    }

    private void reductions(int n) {
        Buffer x = floats(n, -1, 1);
        Buffer y = floats(n, -1, 1);
        measure("reductions.moments", "", n, 4L * n, () -> backend.reductions().moments(x, n));
        measure("reductions.products", "", n, 8L * n, () -> backend.reductions().products(x, y, n));
    }

    private void network(int n, int batch) {
        int rows = Math.max(batch, Math.min(n, 1 << 18));
        Buffer features = floats(rows * IONIS_GATE.inputs(), -1, 1);
        Buffer targets = floats(rows, -2, 2);
        Buffer weights = floats(rows, 0.5f, 1.5f);
        int parameters = IONIS_GATE.parameters();
        Buffer values = floats(parameters, -0.05f, 0.05f);
        Buffer gradients = floats(parameters, -0.01f, 0.01f);
        Buffer m = floats(parameters, 0, 0);
        Buffer v = floats(parameters, 0, 0);
        Buffer out = allocate(ElementType.F32, batch);
        GatedMlp network = backend.gatedMlp();
        GatedMlp.Rows data = new GatedMlp.Rows(features, targets, weights, null, 0, batch);
        GatedMlp.Outputs outputs = new GatedMlp.Outputs(out, null, null, null, null, null);
        measure("gatedMlp.forward", "IonisGate", batch, null, () -> network.forward(IONIS_GATE, values, data, outputs));
        GatedMlp.LossOptions loss = new GatedMlp.LossOptions(1f, 0.001f);
        measure("gatedMlp.lossAndGradient", "IonisGate", batch, null, () -> network.lossAndGradient(IONIS_GATE, values, data, loss, gradients));
        List<AdamW.Group> groups = List.of(new AdamW.Group(0, parameters, 1e-3f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY));
        measure("adamW.step", "IonisGate", parameters, 28L * parameters,
                () -> backend.adamW().step(values, gradients, m, v, groups, AdamW.Options.DEFAULT, 1));
    }

    /// Times one operation until the device has done it.
    private void measure(String operation, String shape, int rows, Long bytes, Runnable work) {
        Samples samples = Samples.of(3, runs, () -> {
            work.run();
            backend.synchronize();
        });
        Double share = bytes == null || Double.isNaN(copyGbps) ? null : bytes / samples.median() / 1e6 / copyGbps;
        results.add(Result.of("engine", operation, (shape.isEmpty() ? "" : shape + ", ") + rows + " rows", backend.name(), samples,
                bytes, null, share));
    }

    private Buffer floats(int n, float from, float to) {
        float[] values = new float[n];
        SplittableRandom random = new SplittableRandom(buffers.size());
        for (int i = 0; i < n; i++) {
            values[i] = from + (to - from) * (float) random.nextDouble();
        }
        return load(ElementType.F32, MemorySegment.ofArray(values));
    }

    private Buffer load(ElementType type, MemorySegment values) {
        Buffer buffer = allocate(type, (int) (values.byteSize() / type.bytes()));
        buffer.upload(values);
        return buffer;
    }

    private Buffer allocate(ElementType type, int n) {
        Buffer buffer = backend.allocate(type, n);
        buffers.add(buffer);
        return buffer;
    }

    private static String table(ResultFile file) {
        StringBuilder text = new StringBuilder(file.machine()).append('\n').append(file.command()).append('\n');
        text.append(String.format("%-10s %-26s %-28s %10s %10s %10s %8s %8s%n", "backend", "operation", "shape", "median ms", "p10", "p90", "GB/s",
                "of copy"));
        for (Result result : file.results()) {
            String rate = result.bytes() == null ? "" : String.format(Locale.ROOT, "%.2f", result.bytes() / result.medianMs() / 1e6);
            String share = result.shareOfCeiling() == null ? "" : String.format(Locale.ROOT, "%.2f", result.shareOfCeiling());
            text.append(String.format(Locale.ROOT, "%-10s %-26s %-28s %10.3f %10.3f %10.3f %8s %8s%n", result.backend(), result.operation(),
                    result.shape(), result.medianMs(), result.p10Ms(), result.p90Ms(), rate, share));
        }
        return text.toString();
    }
}
