package org.ionforge.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.ElementType;

/// The steps from the obvious code to the kernels of [SpikingBenchmark], forward: `bench/run SpikingLadder`. The first rungs are plain
/// Java, which the virtual machine turns into vector code where it can; the last is the backend `cpu`. All use every processor, and all
/// must come to the same spikes.
public final class SpikingLadder {

    private static final int RUNS = 7;
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final LifPass NEURONS = new LifPass(32, 1, 1 << 20, LifPass.Way.FORWARD, ElementType.F32);
    private static final SpikingPass NETWORK = new SpikingPass(25, false, false);

    private SpikingLadder() {
    }

    public static void main(String[] arguments) {
        try (Backend cpu = Backends.named("cpu")) {
            climb(NEURONS, cpu, neurons());
            climb(NETWORK, cpu, network());
        }
    }

    private static void climb(Workload workload, Backend cpu, Map<String, Contender> rungs) {
        System.out.println(workload.operation() + " " + workload.shape());
        try (Contender ours = workload.on(cpu)) {
            rungs.put("backend cpu", ours);
            for (Map.Entry<String, Contender> rung : rungs.entrySet()) {
                Contender contender = rung.getValue();
                contender.run();
                double sum = contender.sum();
                contender.run();
                Samples samples = new Samples(IntStream.range(0, RUNS).mapToDouble(_ -> Samples.time(contender::run)).toArray());
                System.out.printf(Locale.ROOT, "  %-52s %9.2f ms (%.2f … %.2f), sum %.0f%n", rung.getKey(), samples.median(), samples.p10(),
                        samples.p90(), sum);
            }
            if (rungs.values().stream().mapToDouble(Contender::sum).distinct().count() > 1) {
                throw new IllegalStateException("the rungs do not come to the same spikes");
            }
        }
    }

    private interface Share {
        void of(int from, int to);
    }

    /// Each processor its share of `n`, in whole words.
    private static void share(int n, Share share) {
        IntStream.range(0, THREADS).parallel().forEach(thread -> share.of(cut(n, thread), cut(n, thread + 1)));
    }

    private static int cut(int n, int thread) {
        return thread == THREADS ? n : (int) ((long) n * thread / THREADS / 32 * 32);
    }

    private record Rung(Runnable work, DoubleSupplier spikes) implements Contender {
        @Override
        public void run() {
            work.run();
        }

        @Override
        public double sum() {
            return spikes.getAsDouble();
        }
    }

    // ---- neurons alone: U ← β·U + I − θ·(U > θ) ----

    private static Map<String, Contender> neurons() {
        int steps = NEURONS.steps();
        int n = NEURONS.neurons();
        float[] currents = NEURONS.currents();
        float[] u = new float[n];
        float[] reset = new float[n];
        float[] spikes = new float[currents.length];
        int[] words = new int[currents.length / 32];
        Map<String, Contender> rungs = new LinkedHashMap<>();
        rungs.put("a pass over memory for each operation", new Rung(() -> {
            Arrays.fill(u, 0);
            share(n, (from, to) -> IntStream.range(0, steps).forEach(t -> passes(currents, u, reset, spikes, t * n, from, to)));
        }, () -> sumOfWords(packed(spikes))));
        rungs.put("one pass a step", new Rung(() -> {
            Arrays.fill(u, 0);
            share(n, (from, to) -> IntStream.range(0, steps).forEach(t -> onePass(currents, u, spikes, t * n, from, to)));
        }, () -> sumOfWords(packed(spikes))));
        rungs.put("spikes as bits", new Rung(() -> {
            Arrays.fill(u, 0);
            share(n, (from, to) -> IntStream.range(0, steps).forEach(t -> bits(currents, u, from, words, t * n, from, to)));
        }, () -> sumOfWords(words)));
        rungs.put("tiles of 4,096 neurons through all steps", new Rung(() -> share(n, (from, to) -> {
            float[] tile = new float[4096];
            for (int first = from; first < to; first += tile.length) {
                Arrays.fill(tile, 0);
                for (int t = 0; t < steps; t++) {
                    bits(currents, tile, 0, words, t * n, first, Math.min(to, first + tile.length));
                }
            }
        }), () -> sumOfWords(words)));
        return rungs;
    }

    private static void passes(float[] currents, float[] u, float[] reset, float[] spikes, int row, int from, int to) {
        for (int i = from; i < to; i++) {
            reset[i] = u[i] > LifPass.THRESHOLD ? 1 : 0;
        }
        for (int i = from; i < to; i++) {
            u[i] *= LifPass.BETA;
        }
        for (int i = from; i < to; i++) {
            u[i] += currents[row + i];
        }
        for (int i = from; i < to; i++) {
            u[i] -= reset[i] * LifPass.THRESHOLD;
        }
        for (int i = from; i < to; i++) {
            spikes[row + i] = u[i] > LifPass.THRESHOLD ? 1 : 0;
        }
    }

    private static float next(float u, float current) {
        return LifPass.BETA * u + current - (u > LifPass.THRESHOLD ? LifPass.THRESHOLD : 0);
    }

    private static void onePass(float[] currents, float[] u, float[] spikes, int row, int from, int to) {
        for (int i = from; i < to; i++) {
            u[i] = next(u[i], currents[row + i]);
            spikes[row + i] = u[i] > LifPass.THRESHOLD ? 1 : 0;
        }
    }

    /// Neuron i's membrane is `u[i − from + at]`.
    private static void bits(float[] currents, float[] u, int at, int[] words, int row, int from, int to) {
        for (int i = from; i < to; i += 32, at += 32) {
            int word = 0;
            for (int k = 0; k < 32; k++) {
                u[at + k] = next(u[at + k], currents[row + i + k]);
                word |= u[at + k] > LifPass.THRESHOLD ? 1 << k : 0;
            }
            words[(row + i) / 32] = word;
        }
    }

    private static int[] packed(float[] spikes) {
        int[] words = new int[spikes.length / 32];
        for (int i = 0; i < spikes.length; i++) {
            words[i / 32] |= (int) spikes[i] << i % 32;
        }
        return words;
    }

    private static double sumOfWords(int[] words) {
        return Arrays.stream(words).mapToDouble(Integer::toUnsignedLong).sum();
    }

    // ---- the network 784-1000-10 on a constant input ----

    private enum Product { EVERY_STEP, ONCE }

    private enum Spikes { MULTIPLIED, ADDED }

    private static Map<String, Contender> network() {
        Map<String, Contender> rungs = new LinkedHashMap<>();
        rungs.put("all products at every step", network(Product.EVERY_STEP, Spikes.MULTIPLIED));
        rungs.put("the constant input's product once", network(Product.ONCE, Spikes.MULTIPLIED));
        rungs.put("of the second layer's weights those with a spike", network(Product.ONCE, Spikes.ADDED));
        return rungs;
    }

    private static Contender network(Product product, Spikes spikes) {
        float[] input = NETWORK.input();
        List<SpikingPass.Values> layers = NETWORK.layers();
        float[] hiddenWeights = turned(layers.get(0));
        float[] outWeights = turned(layers.get(1));
        double[] counts = new double[SpikingPass.BATCH];
        return new Rung(() -> IntStream.range(0, SpikingPass.BATCH).parallel().forEach(b -> counts[b] = sample(
                Arrays.copyOfRange(input, b * SpikingPass.SIZES[0], (b + 1) * SpikingPass.SIZES[0]), hiddenWeights, layers.get(0).biases(),
                outWeights, layers.get(1).biases(), product, spikes)), () -> Arrays.stream(counts).sum());
    }

    private static double sample(float[] x, float[] hiddenWeights, float[] hiddenBiases, float[] outWeights, float[] outBiases,
                                 Product product, Spikes spikes) {
        float[] hidden = new float[hiddenBiases.length];
        float[] out = new float[outBiases.length];
        float[] fired = new float[hidden.length];
        float[] current = product == Product.ONCE ? product(x, hiddenWeights, hiddenBiases, Spikes.MULTIPLIED) : null;
        double count = 0;
        for (int t = 0; t < NETWORK.steps(); t++) {
            step(hidden, current != null ? current : product(x, hiddenWeights, hiddenBiases, Spikes.MULTIPLIED), fired);
            count += step(out, product(fired, outWeights, outBiases, spikes), new float[out.length]);
        }
        return count;
    }

    private static float[] product(float[] x, float[] weights, float[] biases, Spikes spikes) {
        float[] sums = biases.clone();
        for (int k = 0; k < x.length; k++) {
            if (spikes == Spikes.MULTIPLIED || x[k] != 0) {
                for (int n = 0; n < sums.length; n++) {
                    sums[n] += x[k] * weights[k * sums.length + n];
                }
            }
        }
        return sums;
    }

    private static int step(float[] u, float[] current, float[] fired) {
        int count = 0;
        for (int n = 0; n < u.length; n++) {
            u[n] = next(u[n], current[n]);
            fired[n] = u[n] > SpikingPass.THRESHOLD ? 1 : 0;
            count += (int) fired[n];
        }
        return count;
    }

    /// `[K, N]`.
    private static float[] turned(SpikingPass.Values layer) {
        int n = layer.biases().length;
        int k = layer.weights().length / n;
        float[] turned = new float[n * k];
        for (int i = 0; i < turned.length; i++) {
            turned[i % k * n + i / k] = layer.weights()[i];
        }
        return turned;
    }
}
