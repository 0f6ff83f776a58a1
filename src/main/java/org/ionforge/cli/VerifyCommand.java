package org.ionforge.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.foreign.Arena;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.cli.Settings.Setting;
import org.ionforge.compute.Backend;
import org.ionforge.errors.InputException;
import org.ionforge.export.JsonFiles;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.verification.Gate;
import org.ionforge.spiking.verification.GateResult;
import org.ionforge.spiking.verification.Limits;
import org.ionforge.spiking.verification.TrainedRun;
import org.ionforge.spiking.verification.Verification;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.report.SpikingReport;

/// `./ionforge verify`.
final class VerifyCommand implements Command {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int BATCH = 128;

    @Override
    public String name() {
        return "verify";
    }

    @Override
    public String arguments() {
        return "RUN [--data SET] [--GATE LIMIT]";
    }

    @Override
    public String summary() {
        return "Hold a trained, quantised network to its gates: accuracy, spikes, scales, exact sums, size, latency; exit code 1 if one fails.";
    }

    @Override
    public Options options() {
        Options options = new Options()
                .addOption(Arguments.value("data", "SET", "its testing part is used (default: the one of the training); " + DataSet.FORMS))
                .addOption(Arguments.value("batch", "N", "samples of a call (default " + BATCH + ")"))
                .addOption(Arguments.value("config", "FILE", "limits as one JSON object; flags win"));
        limits().addTo(options);
        return options.addOption(Arguments.backend())
                .addOption(null, "print-config", false, "show every limit and where it came from, and do nothing else")
                .addOption(null, "json", false, "print JSON: [{gate, value, limit, pass}]");
    }

    /// A setting for each gate.
    private static Settings limits() {
        return new Settings(Arrays.stream(Gate.values()).map(gate -> new Setting(gate.flag(), "X", "",
                (gate.side() == Gate.Side.AT_LEAST ? "least " : "most ") + gate.description(), "a number", VerifyCommand::isNumber)).toList());
    }

    private static boolean isNumber(String text) {
        try {
            return Double.isFinite(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        if (line.getArgList().size() != 1) {
            throw new InputException("verify wants the folder of one run: verify RUN");
        }
        int batch = Arguments.integer(line, "batch", BATCH);
        if (batch < 1) {
            throw new InputException("--batch wants a number from 1 on, not " + batch);
        }
        Path folder = Path.of(line.getArgList().getFirst());
        TrainedRun run = TrainedRun.read(folder);
        Settings settings = settings(line, run);
        if (line.hasOption("print-config")) {
            console.out().print(line.hasOption("json") ? JSON.writeValueAsString(settings.values()) + "\n" : settings.table());
            return 0;
        }
        Optional<SpikingReport> figures = Files.exists(folder.resolve(SpikingReport.METRICS)) ? Optional.of(SpikingReport.read(folder)) : Optional.empty();
        Verification.Report report = verify(line, console, run, batch, limits(settings));
        report.write(folder);
        figures.ifPresent(found -> found.with(report.gates().stream().map(VerifyCommand::shown).toList(), report.inference()).write(folder, Version.NUMBER));
        console.out().print(line.hasOption("json") ? JsonFiles.line(report.gates()) + "\n" : table(report));
        return report.passed() ? 0 : 1;
    }

    private static Verification.Report verify(CommandLine line, Console console, TrainedRun run, int batch, Limits limits) throws Exception {
        try (Arena arena = Arena.ofShared(); Backend backend = Arguments.backend(line, console); Progress progress = console.progress()) {
            return Verification.run(run, samples(line, run, arena, progress), batch, limits, backend, progress);
        }
    }

    private static Settings settings(CommandLine line, TrainedRun run) {
        Settings settings = limits();
        Map<String, String> usual = new LinkedHashMap<>();
        Limits.usual(run.model().shape(), run.fake().plan()).values().forEach((gate, limit) -> usual.put(gate.flag(), number(limit)));
        settings.preset("usual", usual);
        if (line.hasOption("config")) {
            settings.file(Path.of(line.getOptionValue("config")));
        }
        settings.flags(line);
        return settings;
    }

    private static Limits limits(Settings settings) {
        Map<Gate, Double> limits = new LinkedHashMap<>();
        for (Gate gate : Gate.values()) {
            limits.put(gate, settings.number(gate.flag()));
        }
        return new Limits(limits);
    }

    private static LabelledSamples samples(CommandLine line, TrainedRun run, Arena arena, Progress progress) {
        String data = line.hasOption("data") ? line.getOptionValue("data") : run.data()
                .orElseThrow(() -> new InputException("the run does not say which data it was trained on: say --data SET"));
        return DataSet.read(data, DataCommand.given(), arena, progress::note).testing();
    }

    /// As the run's report has it.
    private static SpikingReport.Gate shown(GateResult result) {
        return new SpikingReport.Gate(gate(result).flag(), gate(result).description(), result.value(), sign(result) + " " + grouped(result.limit()), result.pass());
    }

    private static Gate gate(GateResult result) {
        return Arrays.stream(Gate.values()).filter(each -> each.key().equals(result.gate())).findFirst().orElseThrow();
    }

    private static String sign(GateResult result) {
        return gate(result).side() == Gate.Side.AT_LEAST ? "≥" : "≤";
    }

    private static String table(Verification.Report report) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-6s %-18s %16s    %s%n", "", "gate", "value", "limit"));
        for (GateResult result : report.gates()) {
            text.append(String.format(Locale.ROOT, "%-6s %-18s %16s %s %-10s %s%n", result.pass() ? "pass" : "FAIL", result.gate(), grouped(result.value()),
                    sign(result), grouped(result.limit()), gate(result).description()));
        }
        List<String> failed = report.gates().stream().filter(result -> !result.pass()).map(result -> gate(result).flag()).toList();
        text.append(failed.isEmpty() ? "all gates passed" : failed.size() + " of " + report.gates().size() + " gates failed: " + String.join(", ", failed))
                .append(System.lineSeparator());
        return text.append(String.format(Locale.ROOT, "accuracy %.2f %% in integers, %.2f %% fake-quantised, %.2f %% in floats, of %,d samples%n",
                100 * report.measures().accuracy().share(), 100 * report.measures().fakeAccuracy().share(),
                100 * report.measures().floatAccuracy().share(), report.measures().accuracy().of())).toString();
    }

    private static boolean whole(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15;
    }

    /// Four digits, or all of a whole number.
    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        return whole(value) ? Long.toString((long) value) : new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toString();
    }

    /// The same with commas, for people.
    private static String grouped(double value) {
        return whole(value) ? String.format(Locale.ROOT, "%,d", (long) value) : number(value);
    }
}
