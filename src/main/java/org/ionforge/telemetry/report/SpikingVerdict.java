package org.ionforge.telemetry.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Says in plain words what came of the training of a spiking network.
final class SpikingVerdict {

    private static final String FLOAT = "32";

    private SpikingVerdict() {
    }

    /// A few sentences, the most important first; none without a model.
    static List<String> of(SpikingReport report) {
        List<String> sentences = new ArrayList<>();
        Optional<SpikingReport.Model> floats = report.models().stream().filter(model -> model.bits().equals(FLOAT)).findFirst();
        floats.ifPresent(model -> sentences.add(text("In floating point the network is right on %.2f %% of %,d test samples (95 %% interval %.2f … %.2f %%), in %s.",
                100 * model.accuracy(), model.samples(), 100 * model.low(), 100 * model.high(), size(model.bytes()))));
        report.models().stream().filter(model -> !model.bits().equals(FLOAT) && !model.bits().equals(SpikingReport.Model.LINEAR))
                .forEach(model -> sentences.add(quantised(model, floats)));
        report.models().stream().filter(model -> model.bits().equals(SpikingReport.Model.LINEAR)).forEach(model -> sentences.add(text(
                "A linear model on the counts of the events, without any neuron, is right on %.2f %%.", 100 * model.accuracy())));
        List<SpikingReport.Gate> failed = report.gates().stream().filter(gate -> !gate.pass()).toList();
        if (!report.gates().isEmpty()) {
            sentences.add(failed.isEmpty() ? "All " + report.gates().size() + " gates of the verification passed."
                    : failed.size() + " of " + report.gates().size() + " gates failed: "
                    + String.join(", ", failed.stream().map(SpikingReport.Gate::name).toList()) + ".");
        }
        report.layers().stream().filter(layer -> layer.spikeRate() != null && outside(layer.spikeRate())).max(Comparator.comparing(SpikingReport.Layer::spikeRate))
                .ifPresent(layer -> sentences.add(text("%s fires at %.1f %%, outside the healthy 5 to 30 %%.", capital(layer.name()), 100 * layer.spikeRate())));
        if (!report.health().isEmpty()) {
            sentences.add("The health control stepped in " + (report.health().size() == 1 ? "once" : report.health().size() + " times") + "; its log is below.");
        }
        return sentences;
    }

    private static String quantised(SpikingReport.Model model, Optional<SpikingReport.Model> floats) {
        String found = text("%s: %.2f %% in %s", model.name(), 100 * model.accuracy(), size(model.bytes()));
        if (floats.isEmpty()) {
            return found + ".";
        }
        double points = 100 * (model.accuracy() - floats.get().accuracy());
        String beside = Math.abs(points) < 0.005 ? "as good as floating point" : text("%.2f points %s floating point", Math.abs(points), points < 0 ? "below" : "above");
        boolean apart = model.high() < floats.get().low() || model.low() > floats.get().high();
        return found + ", " + beside + (apart ? "; the intervals do not overlap." : ", within the intervals.");
    }

    private static boolean outside(double rate) {
        return rate < 0.05 || rate > 0.3;
    }

    private static String capital(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private static String size(long bytes) {
        return bytes >= 1_000_000 ? text("%.2f MB", bytes / 1e6) : text("%.1f kB", bytes / 1e3);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
