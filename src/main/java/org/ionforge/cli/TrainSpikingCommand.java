package org.ionforge.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.compute.Backend;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.training.Consistency;
import org.ionforge.spiking.training.Presentation;
import org.ionforge.spiking.training.SpikingTraining;
import org.ionforge.spiking.training.TrainingPlan;
import org.ionforge.spiking.training.TrainingReport;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.RunRecord;
import org.ionforge.telemetry.report.Report;
import org.ionforge.training.PhaseRecord;

/// `./ionforge train spiking`.
final class TrainSpikingCommand implements Command {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public String name() {
        return "train spiking";
    }

    @Override
    public String arguments() {
        return "--out DIR [--data SET] [--net SHAPE] [--bits BITS]";
    }

    @Override
    public String summary() {
        return "Train a spiking network in floats, then quantisation-aware, down to the bits asked for; Ctrl-C saves, --resume goes on.";
    }

    @Override
    public Options options() {
        Options options = new Options()
                .addOption(Arguments.value("out", "DIR", "folder for model, checkpoint and run.json (required)"))
                .addOption(Arguments.value("config", "FILE", "settings as one JSON object; flags win"));
        SpikingSettings.usual().addTo(options);
        return options.addOption(Arguments.backend())
                .addOption(null, "resume", false, "go on with the checkpoint in DIR; data and settings must be the same")
                .addOption(null, "print-config", false, "show every setting and where it came from, checked as for a training, and do nothing else")
                .addOption(null, "json", false, "print the report as JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        Settings settings = SpikingSettings.of(line);
        NetworkOptions network = SpikingSettings.network(settings);
        TrainingPlan plan = SpikingSettings.plan(settings, network.shape().layers().size());
        Consistency.check(network, SpikingSettings.presentation(settings), plan);
        if (line.hasOption("print-config")) {
            console.out().print(line.hasOption("json") ? JSON.writerWithDefaultPrettyPrinter().writeValueAsString(settings.values()) + "\n" : settings.table());
            return 0;
        }
        if (!line.hasOption("out")) {
            throw new InputException("train spiking wants --out DIR, the folder for its results");
        }
        Path out = Path.of(line.getOptionValue("out"));
        try (Interruption interruption = new Interruption(console)) {
            SpikingTraining.Result result;
            try (Backend backend = Arguments.backend(line, console); Arena arena = Arena.ofShared(); Progress progress = console.progress()) {
                DataSet data = DataSet.read(settings.text("data"), DataCommand.given(), arena, progress::note);
                SpikingTraining.Order order = new SpikingTraining.Order(network, Presentation.of(data, settings.text("encoder"), settings.whole("seed"), network.steps()),
                        plan, settings.values(), line.hasOption("resume"));
                RunRecord record = Recording.begin(out, this, line, backend);
                record.fact("seed", settings.text("seed"));
                record.fact("network", network.shape().toString());
                record.fact("data", data.name());
                result = record.stage("train", () -> SpikingTraining.run(order, data, backend, out, progress, interruption::asked));
                result.report().ifPresent(report -> record.result("training", report));
                result.figures().ifPresent(figures -> figures.ofRun(record.run().commands(), record.run().facts()).write(out, Version.NUMBER));
            }
            return tell(result, out, line.hasOption("json"), console);
        }
    }

    private static int tell(SpikingTraining.Result result, Path out, boolean json, Console console) throws Exception {
        if (result.report().isEmpty()) {
            console.err().println("ionforge: stopped after " + result.epochs() + " epochs; " + out.resolve(SpikingTraining.CHECKPOINT)
                    + " is saved, the same command with --resume goes on");
            return 1;
        }
        TrainingReport report = result.report().get();
        if (json) {
            console.out().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report));
            return 0;
        }
        console.out().print(table(report));
        console.out().println("model: " + out.resolve(SpikingTraining.MODEL));
        console.out().println("report: " + out.resolve(Report.FILE_NAME));
        return 0;
    }

    private static String percent(Double share, int digits) {
        return share == null ? "" : String.format(Locale.ROOT, "%." + digits + "f %%", 100 * share);
    }

    static String table(TrainingReport report) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-14s %-8s %-34s %6s %8s %9s %11s%n", "phase", "bits", "what is quantised", "epochs",
                "seconds", "accuracy", "spike rate"));
        for (PhaseRecord phase : report.phases()) {
            Map<String, Double> figures = phase.figures();
            text.append(String.format(Locale.ROOT, "%-14s %-8s %-34s %6d %8.1f %9s %11s%n", phase.phase().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    phase.bits(), phase.detail(), phase.epochs(), phase.seconds(), percent(figures.get("accuracy"), 2), percent(figures.get("spikeRate"), 1)));
        }
        return text.append(String.format(Locale.ROOT, "%s, %s bits: %.2f %% of the testing samples (floats %.2f %%), %.0f samples/s%n", report.network(), report.bits(),
                100 * report.accuracy(), 100 * report.floatAccuracy(), report.samplesPerSecond()))
                .append(report.linearAccuracy() == null ? "" : String.format(Locale.ROOT, "a linear model on the counts of the events: %.2f %%%n",
                        100 * report.linearAccuracy())).toString();
    }
}
