package org.ionforge.ionis;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;

/// Whether a model behaves as the ionosphere does, asked on real paths: how it answers to the sun and to storms, by band and
/// latitude, and whether its gates do anything.
///
/// @param paths            validation rows that were asked, evenly spread over all
/// @param sfiViolations    steps of the SFI grid at which a path's SNR fell; 0 for a network whose sidecars rise
/// @param kpViolations     steps of the Kp grid at which a path's SNR rose
/// @param effects          by band and latitude of the middle of the path
/// @param sunGate          over all validation rows
/// @param stormGate        over all validation rows
public record Physics(int paths, long sfiViolations, long kpViolations, List<Effect> effects, Gate sunGate, Gate stormGate) {

    /// SFI and Kp of the response curves; the other one stays at 150 sfu or Kp 2.
    public static final List<Double> SFI = grid(60, 260, 10);
    public static final List<Double> KP = grid(0, 9, 0.5);
    public static final double USUAL_SFI = 150;
    public static final double USUAL_KP = 2;

    private static final int PATHS = 1000;
    private static final double LATITUDE_STEP = 20;
    /// A gate that spreads less than this over all rows does not depend on them.
    private static final double COLLAPSED = 0.01;
    /// Rounding of the network's own arithmetic, σ.
    private static final double ROUNDING = 2e-5;

    /// How paths of a band and latitude answer.
    ///
    /// @param latitude    lower edge of the class of the middle latitude, without sign; classes are 20 degrees wide
    /// @param sfiEffectDb mean change from 70 to 200 sfu
    /// @param kpEffectDb  mean change from Kp 0 to 9: negative, a loss
    /// @param sfiDb       mean SNR at each of [#SFI]
    /// @param kpDb        mean SNR at each of [#KP]
    public record Effect(String band, double latitude, int paths, double sfiEffectDb, double kpEffectDb, double[] sfiDb, double[] kpDb) {
    }

    /// How a gate spreads over the rows.
    ///
    /// @param collapsed whether it is the same for all of them, so that its sidecar cannot depend on the path
    public record Gate(double mean, double std, double min, double max, boolean collapsed) {

        static Gate of(float[] values) {
            double mean = 0;
            double squares = 0;
            float min = Float.POSITIVE_INFINITY;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < values.length; i++) {
                double from = values[i] - mean;
                mean += from / (i + 1);
                squares += from * (values[i] - mean);
                min = Math.min(min, values[i]);
                max = Math.max(max, values[i]);
            }
            double std = Math.sqrt(squares / values.length);
            return new Gate(mean, std, min, max, std < COLLAPSED);
        }
    }

    /// @param scores of the validation rows
    static Physics of(TrainingData data, Split split, Scorer.Scores scores, Backend backend, Buffer parameters) {
        int[] validation = split.validation();
        int[] rows = new int[Math.min(PATHS, validation.length)];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = validation[(int) ((long) i * validation.length / rows.length)];
        }
        int sfiInput = data.variant().shape().sunInput();
        int kpInput = data.variant().shape().stormInput();
        double[][] bySfi = answers(data, rows, SFI.stream().map(s -> new double[] {s / 300, 1 - USUAL_KP / 9}).toList(), sfiInput, kpInput, backend, parameters);
        double[][] byKp = answers(data, rows, KP.stream().map(k -> new double[] {USUAL_SFI / 300, 1 - k / 9}).toList(), sfiInput, kpInput, backend, parameters);
        return new Physics(rows.length, falls(bySfi, 1), falls(byKp, -1), effects(data, rows, bySfi, byKp),
                Gate.of(scores.sunGate()), Gate.of(scores.stormGate()));
    }

    /// The network's answer, σ, for each row under each sky.
    private static double[][] answers(TrainingData data, int[] rows, List<double[]> skies, int sfiInput, int kpInput, Backend backend,
                                      Buffer parameters) {
        int inputs = data.variant().shape().inputs();
        int n = rows.length * skies.size();
        try (Arena arena = Arena.ofConfined(); Buffer features = backend.allocate(ElementType.F32, (long) n * inputs)) {
            MemorySegment host = arena.allocate((long) n * inputs * Float.BYTES, 64);
            for (int k = 0; k < n; k++) {
                long row = rows[k / skies.size()];
                double[] sky = skies.get(k % skies.size());
                MemorySegment.copy(data.features(), row * inputs * Float.BYTES, host, (long) k * inputs * Float.BYTES, (long) inputs * Float.BYTES);
                host.setAtIndex(ValueLayout.JAVA_FLOAT, (long) k * inputs + sfiInput, (float) sky[0]);
                host.setAtIndex(ValueLayout.JAVA_FLOAT, (long) k * inputs + kpInput, (float) sky[1]);
            }
            features.upload(host);
            float[] sigma = Scorer.of(data.variant(), backend, parameters, features, null, n).sigma();
            double[][] answers = new double[rows.length][skies.size()];
            for (int k = 0; k < n; k++) {
                answers[k / skies.size()][k % skies.size()] = sigma[k];
            }
            return answers;
        }
    }

    private static long falls(double[][] answers, int direction) {
        long falls = 0;
        for (double[] answer : answers) {
            for (int k = 1; k < answer.length; k++) {
                falls += direction * (answer[k] - answer[k - 1]) < -ROUNDING ? 1 : 0;
            }
        }
        return falls;
    }

    private static List<Effect> effects(TrainingData data, int[] rows, double[][] bySfi, double[][] byKp) {
        Map<Integer, List<Integer>> classes = new TreeMap<>();
        for (int i = 0; i < rows.length; i++) {
            int latitude = (int) Math.min(4, Math.abs(data.latitude(rows[i])) / LATITUDE_STEP);
            classes.computeIfAbsent(data.signatures().band()[rows[i]] * 8 + latitude, k -> new ArrayList<>()).add(i);
        }
        int low = SFI.indexOf(70.0);
        int high = SFI.indexOf(200.0);
        List<Effect> effects = new ArrayList<>();
        classes.forEach((key, members) -> {
            Band band = data.variant().band(key / 8);
            Normalisation.Scale scale = data.variant().normalisation().of(band.id());
            double[] sfi = meanDb(bySfi, members, scale);
            double[] kp = meanDb(byKp, members, scale);
            effects.add(new Effect(band.name(), key % 8 * LATITUDE_STEP, members.size(), sfi[high] - sfi[low],
                    kp[kp.length - 1] - kp[0], sfi, kp));
        });
        return List.copyOf(effects);
    }

    private static double[] meanDb(double[][] answers, List<Integer> members, Normalisation.Scale scale) {
        double[] mean = new double[answers[0].length];
        for (int member : members) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += scale.toDb(answers[member][k]) / members.size();
            }
        }
        return mean;
    }

    private static List<Double> grid(double from, double to, double step) {
        double[] values = new double[(int) Math.round((to - from) / step) + 1];
        Arrays.setAll(values, i -> from + i * step);
        return Arrays.stream(values).boxed().toList();
    }
}
