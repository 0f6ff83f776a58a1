package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.ionis.Circuit;
import org.ionforge.ionis.IonisGate;
import org.ionforge.ionis.IonisGateTraining;
import org.ionforge.ionis.Predictor;
import org.ionforge.ionis.Variant;
import org.ionforge.refinery.simulation.Truth;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From simulated spots through refine and train to a model that knows what the simulator planted; each command a process of its own.
/// Forty days three months apart, so that each signature is one hour of one day and has its own SFI and Kp.
class TrainIonisGateIT {

    private static final String[] TRAIN = {"train", "ionisgate", "--epochs", "12", "--seed", "7", "--backend", "auto"};

    @TempDir
    private static Path folder;
    private static Truth truth;

    private record Ended(int code, String out, String err) {
    }

    @BeforeAll
    static void simulateRefineAndTrain() throws Exception {
        succeed("simulate", "--days", "40", "--every", "91", "--spots-per-day", "20000", "--stations", "50", "--seed", "3", "--out", at("data"));
        truth = Truth.read(folder.resolve("data"));
        succeed("refine", at("data"), "--solar", at("data/gfz.txt"), "--vault", at("vault"), "--bands", "20m,17m,15m,12m,10m");
        succeed(train("run", "--json"));
    }

    /// What is decoded is all that an archive shows, so the effects on the mean of the decoded spots are asked for, where a fair
    /// share of them is decoded at both ends. The network has one shape of response for all paths, scaled by gates between 0.5 and 2, so
    /// a mean over unlike paths is found within a factor, not to the decibel: from a third of the planted effect of the sun to a third
    /// more than all of it, and from half to 2.2 times that of storms. Untrained, it says 14 dB and 33 dB.
    @Test
    void theModelKnowsThePlantedSunAndStorms() {
        IonisGate trained = IonisGate.read(folder.resolve("run").resolve(IonisGateTraining.MODEL), Variant.V20);
        effectsAreFound(trained);
        IonisGate untrained = IonisGate.initialise(Variant.V20, 7);
        assertThrows(AssertionError.class, () -> sunIsFound(untrained));
        assertThrows(AssertionError.class, () -> stormsAreFound(untrained));
    }

    private static void effectsAreFound(IonisGate model) {
        sunIsFound(model);
        stormsAreFound(model);
    }

    private static void sunIsFound(IonisGate model) {
        double[] means = means(model, Truth.PathEffects::sfi, p -> p.bandId() >= 108, 70, 2, 200, 2);
        assertTrue(means[0] > 5, "planted " + means[0]);
        assertTrue(means[1] / means[0] > 0.33 && means[1] / means[0] < 1.33, "SFI 70 to 200: planted " + means[0] + " dB, found " + means[1]);
    }

    private static void stormsAreFound(IonisGate model) {
        double[] means = means(model, Truth.PathEffects::kp, p -> true, 150, 0, 150, 9);
        assertTrue(means[0] < -3, "planted " + means[0]);
        assertTrue(means[1] / means[0] > 0.5 && means[1] / means[0] < 2.2, "Kp 0 to 9: planted " + means[0] + " dB, found " + means[1]);
    }

    /// Mean planted and mean found effect, dB.
    private static double[] means(IonisGate model, Function<Truth.PathEffects, Truth.Effect> effect, Predicate<Truth.PathEffects> which,
                                  double sfi0, double kp0, double sfi1, double kp1) {
        List<Circuit> circuits = new ArrayList<>();
        double planted = 0;
        for (Truth.PathEffects path : truth.paths()) {
            Truth.Effect e = effect.apply(path);
            if (path.bandId() >= 107 && which.test(path) && Math.min(e.from().probability(), e.to().probability()) >= 0.3) {
                planted += e.ofDecoded();
                for (double[] sky : new double[][] {{sfi0, kp0}, {sfi1, kp1}}) {
                    circuits.add(new Circuit(new Circuit.Grid(path.txGrid()), new Circuit.Grid(path.rxGrid()), Variant.V20.band(path.band()).modelHz(),
                            path.hour(), 6, sky[0], sky[1]));
                }
            }
        }
        double found = 0;
        try (Backend backend = Backends.named("auto"); Predictor predictor = new Predictor(model, backend)) {
            List<Predictor.Prediction> predictions = predictor.predict(circuits);
            for (int i = 0; i < predictions.size(); i += 2) {
                found += predictions.get(i + 1).db() - predictions.get(i).db();
            }
        }
        int n = circuits.size() / 2;
        assertTrue(n >= 3, "only " + n + " paths are decoded at both ends");
        return new double[] {planted / n, found / n};
    }

    @Test
    void theModelHasSkillOnPathsAndMonthsItNeverSaw() throws IOException {
        JsonNode metrics = new ObjectMapper().readTree(folder.resolve("run").resolve(IonisGateTraining.METRICS).toFile());
        for (JsonNode figures : metrics.at("/evaluation/figures")) {
            if (figures.get("band").asText().equals("all") && !figures.get("part").asText().equals("validation-both")) {
                assertTrue(figures.at("/bandMean/skill").doubleValue() > 0.1, figures.toString());
            }
        }
        assertFalse(metrics.at("/physics/sunGate/collapsed").booleanValue(), metrics.at("/physics/sunGate").toString());
        assertEquals(0, metrics.at("/physics/sfiViolations").intValue() + metrics.at("/physics/kpViolations").intValue());
    }

    @Test
    void ctrlCSavesAndTheSameCommandGoesOn() throws Exception {
        Process child = start(train("stopped"));
        StringBuilder said = new StringBuilder();
        try (BufferedReader reader = child.errorReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.append(line).append('\n');
                // The notes before the first step; the signal finds the training at its beginning or somewhere in it.
                if (line.startsWith("batch ")) {
                    assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor());
                }
            }
        }
        assertEquals(1, child.waitFor(), said.toString());
        assertTrue(said.toString().contains("--resume goes on"), said.toString());
        assertTrue(Files.exists(folder.resolve("stopped").resolve(IonisGateTraining.CHECKPOINT)));
        assertFalse(Files.exists(folder.resolve("stopped").resolve(IonisGateTraining.MODEL)));

        succeed(train("stopped", "--resume"));
        for (String file : List.of(IonisGateTraining.MODEL, IonisGateTraining.LAST)) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("run").resolve(file)), Files.readAllBytes(folder.resolve("stopped").resolve(file)), file);
        }
    }

    @Test
    void theReportKnowsTheStepsThatWereTyped() throws Exception {
        succeed("report", "--vault", at("vault"), "--train", at("run"), "--out", at("report"));
        String page = Files.readString(folder.resolve("report").resolve("report.html"));
        assertTrue(page.contains("./ionforge refine " + at("data")), "the command of refine");
        assertTrue(page.contains("./ionforge train ionisgate"), "the command of train");
        assertTrue(page.contains("\"name\":\"refine\"") && page.contains("\"name\":\"train and evaluate\""), "their stages");
    }

    @Test
    void wrongUseEndsWithTwo() throws Exception {
        assertTrue(ended(2, train("none", "--resume")).err.contains("nothing to resume"));
        assertTrue(ended(2, train("none", "--batch", "-1")).err.contains("--batch -1 must be 0"));
        assertTrue(ended(2, train("run", "--resume", "--holdout-paths", "0.3")).err.contains("its held-out path share is 0.15, asked for is 0.3"));
    }

    private static String at(String name) {
        return folder.resolve(name).toString();
    }

    private static String[] train(String out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(TRAIN));
        arguments.addAll(List.of("--vault", at("vault"), "--out", at(out)));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static void succeed(String... arguments) throws Exception {
        ended(0, arguments);
    }

    private static Ended ended(int code, String... arguments) throws Exception {
        Path err = Files.createTempFile(folder, "err", ".txt");
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process child = ChildMain.of(List.of(arguments)).redirectError(err.toFile()).redirectOutput(out.toFile()).start();
        int found = child.waitFor();
        Ended ended = new Ended(found, Files.readString(out), Files.readString(err));
        assertEquals(code, found, String.join(" ", arguments) + "\n" + ended);
        return ended;
    }

    private static Process start(String... arguments) throws IOException {
        return ChildMain.of(List.of(arguments)).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }
}
