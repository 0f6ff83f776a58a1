package org.ionforge.telemetry.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.energy.EnergyReading;

/// A made-up run with everything in it that a report can show.
final class SampleSpikingReport {

    static final String HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>";

    private static final String[] PHASES = {"WARM_UP", "QAT_OBSERVING", "QAT_FROZEN", "QAT_OBSERVING", "QAT_FROZEN"};
    private static final String[] BITS = {"32", "8", "8", "4", "4"};
    private static final int[] EPOCHS = {6, 3, 2, 3, 2};

    private SampleSpikingReport() {
    }

    static SpikingReport full() {
        return new SpikingReport(List.of("./ionforge train spiking --data mnist --net 784-1000-10 --bits ladder --out run2"),
                new TreeMap<>(Map.of("network", "784-1000-10", "data", "mnist", "seed", "1", "note", HOSTILE)), epochs(), layers(), rasters(),
                List.of(new SpikingReport.Model("FP32", "32", 0.9825, 0.9797, 0.9849, 10_000, 3_180_040),
                        new SpikingReport.Model("INT8", "8", 0.9821, 0.9793, 0.9845, 10_000, 803_000),
                        new SpikingReport.Model("INT4", "4", 0.9782, 0.9751, 0.9809, 10_000, 406_000),
                        new SpikingReport.Model("ternary", "ternary", 0.9611, 0.9571, 0.9647, 10_000, 207_000)),
                List.of(new SpikingReport.Allocation("by Hessian", List.of(4, 8), List.of(2.1e-4, 3.0e-6), 402_000, 0.9801),
                        new SpikingReport.Allocation("uniform 8", List.of(8, 8), List.of(8.2e-7, 3.0e-6), 794_000, 0.9821),
                        new SpikingReport.Allocation("uniform 4", List.of(4, 4), List.of(2.1e-4, 9.1e-4), 397_000, null)),
                List.of(new SpikingReport.Encoder("direct", 0.1906, 0.8094, 4.77, 9.1, 0.0), new SpikingReport.Encoder("latency", 0.04, 0.96, 1, 0, 0.0)),
                List.of(new SpikingReport.Gate("accuracy-drop", "points below floats", 0.04, "≤ 0.2", true),
                        new SpikingReport.Gate("model-bytes", "size of the file", 411_936, "≤ 430,000", true),
                        new SpikingReport.Gate("temporal-agreement", "both spike or both do not", 0.941, "≥ 0.95", false)),
                List.of(new SpikingReport.Event(3, "WARM_UP", "LowerThreshold", 2, "layer 2 fires at 0.40 %, below 1.00 %"),
                        new SpikingReport.Event(9, "QAT_OBSERVING", "RollBack", null, "the loss is 0.9 " + HOSTILE)), inference());
    }

    /// A run of which nothing was measured.
    static SpikingReport empty() {
        return new SpikingReport(List.of(), Map.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), null);
    }

    private static InferenceMetrics inference() {
        List<EnergyReading> energy = List.of(new EnergyReading("RAPL", null, 0.52, "not measured: there is no /sys/class/powercap"),
                new EnergyReading("NVML", 12.5, 0.52, "1 GPU"));
        return new InferenceMetrics(0.9782, 0.9751, 0.9809, 10_000, 61_000, 128, 2.09, 2.31, 2.6, 78, 411_936, 420_000, 5_300_000, 0.121, 0.879, List.of(0.118, 0.32),
                2.4, 0.0012, Arrays.asList(6.1, null), 40_210, 98_000.5, 1_034_000, 0.031, energy, "784-1000-10", 25, "4", "cpu");
    }

    private static List<SpikingReport.Epoch> epochs() {
        List<SpikingReport.Epoch> epochs = new ArrayList<>();
        for (int stage = 0; stage < EPOCHS.length; stage++) {
            for (int i = 0; i < EPOCHS[stage]; i++) {
                int n = epochs.size() + 1;
                double jump = stage > 0 && i == 0 ? 0.02 : 0;
                Double scale = stage == 0 ? null : (stage < 3 ? 0.02 : 0.3) * (1 + 0.05 * Math.sin(n));
                List<SpikingReport.LayerEpoch> layers = List.of(
                        new SpikingReport.LayerEpoch(0.14 - 0.002 * n, scale, scale, 0.4 / n, 1.0, scale == null ? null : 0.001),
                        new SpikingReport.LayerEpoch(n < 4 ? 0.004 : 0.11, scale, scale, 0.7 / n, n < 4 ? 1.0 : 0.8, scale == null ? null : 0.002));
                epochs.add(new SpikingReport.Epoch(n, PHASES[stage], BITS[stage], (stage == 0 ? 1e-3 : 1e-4) * (1 + Math.cos(Math.PI * i / EPOCHS[stage])) / 2 + 1e-6,
                        0.3 / n + jump, 1 - 0.08 / n - jump, n == 2 ? null : 0.35 / n + jump, 1 - 0.09 / n - jump, 11.5, layers));
            }
        }
        return epochs;
    }

    private static List<SpikingReport.Layer> layers() {
        List<Long> counts = IntStream.range(0, 60).mapToObj(i -> Math.round(1e6 * Math.exp(-Math.pow((i - 25) / 9.0, 2)))).toList();
        SpikingReport.Histogram membranes = new SpikingReport.Histogram(-1.5, 0.0417, counts, 1200, 0);
        return List.of(new SpikingReport.Layer("layer 1", "784 → 1000", 784_000, "8", 784_000, 0.118, 1, membranes),
                new SpikingReport.Layer("layer 2", "1000 → 10", 10_000, "8", 10_000, 0.32, 0.8, new SpikingReport.Histogram(-4, 0.1, LongStream.range(0, 50)
                        .mapToObj(i -> i < 4 ? 0L : i * i).toList(), 0, 0)));
    }

    private static List<SpikingReport.Raster> rasters() {
        SplittableRandom random = new SplittableRandom(3);
        List<SpikingReport.Raster> rasters = new ArrayList<>();
        for (int layer = 0; layer < 2; layer++) {
            int neurons = layer == 0 ? 100 : 10;
            List<int[]> spikes = new ArrayList<>();
            for (int step = 0; step < 25; step++) {
                for (int neuron = 0; neuron < neurons; neuron++) {
                    if (random.nextDouble() < (neuron == 7 && layer == 1 ? 0.9 : 0.11)) {
                        spikes.add(new int[] {step, neuron});
                    }
                }
            }
            rasters.add(new SpikingReport.Raster("test sample 1, a 7", "layer " + (layer + 1), 25, neurons, layer == 0 ? 1000 : 10, spikes));
        }
        return rasters;
    }
}
