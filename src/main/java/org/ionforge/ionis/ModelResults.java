package org.ionforge.ionis;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;
import org.ionforge.vault.Vault;

/// The figures of a training as rows of the vault's table `model_results`: run, model, split, band (0: all), metric, value.
final class ModelResults {

    private record Row(String split, int band, String metric, double value) {
    }

    private ModelResults() {
    }

    /// Puts a run's figures in the place of those that a run of the same name left.
    static void store(Vault vault, TrainingReport report, String model, Variant variant) {
        List<Row> rows = rows(report, variant);
        vault.execute("ALTER TABLE model_results DELETE WHERE run = '" + report.name() + "'");
        try (Arena arena = Arena.ofConfined();
             BlockWriter writer = vault.insert("model_results", "run", "model", "split", "band", "metric", "value")) {
            MemorySegment bands = arena.allocate(ValueLayout.JAVA_SHORT, rows.size());
            MemorySegment values = arena.allocate(ValueLayout.JAVA_DOUBLE, rows.size());
            for (int i = 0; i < rows.size(); i++) {
                bands.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) rows.get(i).band);
                values.setAtIndex(ValueLayout.JAVA_DOUBLE, i, rows.get(i).value);
            }
            writer.write(new Block(rows.size(), List.of(
                    text("run", rows.stream().map(r -> report.name()).toList()), text("model", rows.stream().map(r -> model).toList()),
                    text("split", rows.stream().map(Row::split).toList()), new Column.Fixed("band", "UInt16", rows.size(), Short.BYTES, bands),
                    text("metric", rows.stream().map(Row::metric).toList()),
                    new Column.Fixed("value", "Float64", rows.size(), Double.BYTES, values))));
            writer.finish();
        }
    }

    private static Column text(String name, List<String> values) {
        return new Column.Text(name, "String", values.stream().map(v -> v.getBytes(StandardCharsets.UTF_8)).toList());
    }

    private static List<Row> rows(TrainingReport report, Variant variant) {
        List<Row> rows = new ArrayList<>();
        for (Evaluation.Figures f : report.evaluation().figures()) {
            int band = f.band().equals(Evaluation.ALL_BANDS) ? 0 : variant.band(f.band()).id();
            rows.add(new Row(f.part(), band, "n", f.n()));
            rows.add(new Row(f.part(), band, "rmse_db", f.rmseDb()));
            rows.add(new Row(f.part(), band, "mae_db", f.maeDb()));
            rows.add(new Row(f.part(), band, "bias_db", f.biasDb()));
            rows.add(new Row(f.part(), band, "pearson", f.pearson()));
            rows.add(new Row(f.part(), band, "rmse_sigma", f.rmseSigma()));
            rows.add(new Row(f.part(), band, "huber_sigma", f.huberSigma()));
            rows.add(new Row(f.part(), band, "band_mean_rmse_db", f.bandMean().rmseDb()));
            rows.add(new Row(f.part(), band, "band_mean_skill", f.bandMean().skill()));
            rows.add(new Row(f.part(), band, "climatology_rmse_db", f.climatology().rmseDb()));
            rows.add(new Row(f.part(), band, "climatology_skill", f.climatology().skill()));
        }
        rows.add(new Row("physics", 0, "sfi_violations", report.physics().sfiViolations()));
        rows.add(new Row("physics", 0, "kp_violations", report.physics().kpViolations()));
        rows.add(new Row("physics", 0, "sun_gate_std", report.physics().sunGate().std()));
        rows.add(new Row("physics", 0, "storm_gate_std", report.physics().stormGate().std()));
        return rows;
    }
}
