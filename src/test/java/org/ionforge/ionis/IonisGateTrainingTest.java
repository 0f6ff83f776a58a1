package org.ionforge.ionis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Precision;
import org.ionforge.compute.Buffer;
import org.ionforge.errors.InputException;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole job on an embedded vault with signatures of a simple law: 2.6 dB from 70 to 200 sfu, −9 dB from Kp 0 to 9.
class IonisGateTrainingTest {

    private static final int ROWS = 4000;
    private static final TrainingOptions OPTIONS = new TrainingOptions(30, 64, 42, 0, 0.2, 1, true, false, Precision.FP32);
    private static final IonisGateTraining.Provenance BUILD = new IonisGateTraining.Provenance("9.9", "abcdef");

    @TempDir
    Path folder;
    private Vault vault;
    private Backend backend;

    @BeforeEach
    void open() {
        backend = Backends.named("auto");
        vault = Vaults.open(folder.resolve("vault").toString());
    }

    @AfterEach
    void close() {
        vault.close();
        assertEquals(0, backend.liveBuffers());
        backend.close();
    }

    @Test
    void findsThePlantedLawAndLeavesEverythingAReportNeeds() throws IOException {
        insert(PlantedSignatures.of(ROWS, 5));
        IonisGateTraining.Result result = run(OPTIONS, "run");
        TrainingReport report = result.report().orElseThrow();
        assertEquals(30, result.epochs());
        lawIsFound(report.physics());
        assertThrows(AssertionError.class, () -> lawIsFound(untrained()));

        Evaluation.Figures all = report.evaluation().of("validation", "all");
        assertTrue(all.rmseDb() < 1.5 && all.pearson() > 0.9, all.toString());
        assertTrue(all.bandMean().skill() > 0.8 && all.climatology().skill() > 0.8, all.toString());
        assertEquals(report.data().validation(), all.n());

        modelSaysWhereItComesFrom(report);
        filesHoldWhatTheReportSays(report);
        assertEquals(report.evaluation().figures().size() * 11 + 4, vault.number("SELECT toUInt64(count()) FROM model_results"));
        assertEquals(Math.round(all.rmseDb() * 1e9), vault.number("SELECT toInt64(round(value * 1e9)) FROM model_results WHERE run = '" + report.name()
                + "' AND split = 'validation' AND band = 0 AND metric = 'rmse_db'"));

        // Once more: the same bits, and the figures take the place of those before.
        byte[] model = Files.readAllBytes(folder.resolve("run/model.safetensors"));
        run(OPTIONS, "again");
        assertArrayEquals(model, Files.readAllBytes(folder.resolve("again/model.safetensors")));
        assertEquals(report.evaluation().figures().size() * 11 + 4, vault.number("SELECT toUInt64(count()) FROM model_results"));
    }

    private static void lawIsFound(Physics physics) {
        assertEquals(0, physics.sfiViolations());
        assertEquals(0, physics.kpViolations());
        double sfi = physics.effects().stream().mapToDouble(e -> e.sfiEffectDb() * e.paths()).sum() / physics.paths();
        double kp = physics.effects().stream().mapToDouble(e -> e.kpEffectDb() * e.paths()).sum() / physics.paths();
        assertEquals(2.6, sfi, 0.8);
        assertEquals(-9, kp, 1.0);
    }

    private Physics untrained() {
        IonisGate fresh = IonisGate.initialise(PlantedSignatures.SMALL, OPTIONS.seed());
        try (TrainingData data = TrainingData.of(PlantedSignatures.of(ROWS, 5), PlantedSignatures.SMALL, backend);
             Buffer parameters = fresh.upload(backend); TrainingData.OnBackend rows = data.load(backend)) {
            Split split = Split.of(data, OPTIONS.holdoutPaths(), OPTIONS.holdoutMonths(), OPTIONS.seed());
            Scorer.Scores scores = Scorer.of(data.variant(), backend, parameters, rows.features(), null, data.rows());
            return Physics.of(data, split, scores, backend, parameters);
        }
    }

    private void modelSaysWhereItComesFrom(TrainingReport report) {
        IonisGate model = IonisGate.read(folder.resolve("run/model.safetensors"), PlantedSignatures.SMALL);
        assertEquals(report.data().hash(), model.metadata().get("data"));
        assertEquals("42", model.metadata().get("seed"));
        assertEquals("abcdef", model.metadata().get("commit"));
        assertEquals("9.9", model.metadata().get("version"));
        assertEquals(Integer.toString(report.selectedEpoch()), model.metadata().get("epoch"));
        assertEquals("30", IonisGate.read(folder.resolve("run/last.safetensors"), PlantedSignatures.SMALL).metadata().get("epoch"));
    }

    private void filesHoldWhatTheReportSays(TrainingReport report) throws IOException {
        JsonNode metrics = json("run/metrics.json");
        assertEquals(TrainingReport.SCHEMA, metrics.get("schema").asText());
        assertEquals(report.evaluation().of("validation", "all").rmseDb(), metrics.at("/evaluation/figures/0/rmseDb").doubleValue());
        assertEquals(List.of(202306), List.of(metrics.at("/data/heldOutMonths/0").intValue()));
        assertEquals(30, json("run/history.json").size());
        JsonNode evaluation = json("run/evaluation.json");
        int n = Math.min(5000, report.data().validation());
        for (String column : List.of("part", "band", "hour", "month", "distanceKm", "latitude", "sfi", "kp", "measuredDb", "predictedDb")) {
            assertEquals(n, evaluation.get("sample").get(column).size(), column);
        }
        for (String residuals : List.of("byBand", "byHour", "byDistance")) {
            int rows = 0;
            for (JsonNode entry : evaluation.get(residuals)) {
                rows += entry.get("n").intValue();
            }
            assertEquals(report.data().validation(), rows, residuals);
        }
        assertEquals(evaluation.get("sfi").size(), evaluation.at("/curves/0/sfiDb").size());
        assertEquals(evaluation.get("kp").size(), evaluation.at("/curves/0/kpDb").size());
    }

    private JsonNode json(String file) throws IOException {
        return JsonMapper.builder().build().readTree(folder.resolve(file).toFile());
    }

    @Test
    void rowsWithoutSolarIndicesAreLeftOut() {
        insert(PlantedSignatures.of(300, 5));
        vault.execute("INSERT INTO signatures SELECT * REPLACE (CAST(NULL AS Nullable(Float32)) AS avg_kp, toUInt8(7) AS sfi_class) FROM signatures LIMIT 50");
        assertEquals(350, vault.number("SELECT toUInt64(count()) FROM signatures"));
        assertEquals(300, Signatures.read(vault, Variant.V20).rows());
    }

    @Test
    void theOrderIsTheKeysAndTheValuesAreTheTables() {
        Signatures planted = PlantedSignatures.of(500, 5);
        insert(planted);
        Signatures read = Signatures.read(vault, Variant.V20);
        assertEquals(500, read.rows());
        double difference = 0;
        for (int i = 0; i < 500; i++) {
            difference += planted.medianSnr()[i] - read.medianSnr()[i] + planted.azimuthDeg()[i] - read.azimuthDeg()[i];
            if (i > 0) {
                assertTrue(read.period()[i] >= read.period()[i - 1]);
            }
        }
        assertEquals(0, difference, 1e-2);
        assertArrayEquals(read.sfi(), Signatures.read(vault, Variant.V20).sfi());
    }

    @Test
    void anEmptyVaultAndAMissingCheckpointAreRefused() {
        assertTrue(assertThrows(InputException.class, () -> run(OPTIONS, "run")).getMessage().contains("no signatures with SFI and Kp"));
        TrainingOptions resume = new TrainingOptions(30, 64, 42, 0, 0.2, 1, true, true, Precision.FP32);
        assertTrue(assertThrows(InputException.class, () -> run(resume, "run")).getMessage().contains("nothing to resume"));
        assertFalse(Files.exists(folder.resolve("run")));
    }

    private IonisGateTraining.Result run(TrainingOptions options, String out) {
        return IonisGateTraining.run(vault, PlantedSignatures.SMALL, backend, options, folder.resolve(out), BUILD, Progress.SILENT, () -> false);
    }

    /// The sum of the key's parts is not unique in a planted set, so the class tells rows of one key apart.
    private void insert(Signatures s) {
        try (Arena arena = Arena.ofConfined(); BlockWriter writer = vault.insert("signatures", "year", "month", "hour", "band", "tx_grid_4",
                "rx_grid_4", "sfi_class", "spot_count", "median_snr", "avg_sfi", "avg_kp", "avg_distance", "avg_azimuth")) {
            int n = s.rows();
            short[] year = new short[n];
            byte[] month = new byte[n];
            for (int i = 0; i < n; i++) {
                year[i] = (short) (s.period()[i] / 100);
                month[i] = (byte) s.month(i);
            }
            writer.write(new Block(n, List.of(
                    fixed(arena, "year", "UInt16", 2, MemorySegment.ofArray(year)), fixed(arena, "month", "UInt8", 1, MemorySegment.ofArray(month)),
                    fixed(arena, "hour", "UInt8", 1, MemorySegment.ofArray(s.hour())), fixed(arena, "band", "UInt16", 2, MemorySegment.ofArray(s.band())),
                    fixed(arena, "tx_grid_4", "FixedString(4)", 4, MemorySegment.ofArray(s.txGrid())),
                    fixed(arena, "rx_grid_4", "FixedString(4)", 4, MemorySegment.ofArray(s.rxGrid())),
                    fixed(arena, "sfi_class", "UInt8", 1, MemorySegment.ofArray(new byte[n])),
                    fixed(arena, "spot_count", "UInt32", 4, MemorySegment.ofArray(s.spotCount())),
                    fixed(arena, "median_snr", "Float32", 4, MemorySegment.ofArray(s.medianSnr())),
                    nullable(arena, "avg_sfi", s.sfi()), nullable(arena, "avg_kp", s.kp()),
                    fixed(arena, "avg_distance", "Float32", 4, MemorySegment.ofArray(s.distanceKm())),
                    fixed(arena, "avg_azimuth", "Float32", 4, MemorySegment.ofArray(s.azimuthDeg())))));
            writer.finish();
        }
    }

    private static Column.Fixed fixed(Arena arena, String name, String type, int width, MemorySegment values) {
        MemorySegment memory = arena.allocate(values.byteSize(), 8);
        MemorySegment.copy(values, 0, memory, 0, values.byteSize());
        return new Column.Fixed(name, type, (int) (values.byteSize() / width), width, memory);
    }

    private static Column nullable(Arena arena, String name, float[] values) {
        return new Column.Nullable(name, "Nullable(Float32)", arena.allocate(ValueLayout.JAVA_BYTE, values.length),
                fixed(arena, name, "Float32", 4, MemorySegment.ofArray(values)));
    }
}
