package org.ionforge.telemetry.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Says in plain words whether a model has skill, from its `metrics.json`.
final class Verdict {

    /// Below this share of the baseline's squared error a gain is not worth the name.
    private static final double MARGIN = 0.02;

    private Verdict() {
    }

    /// A few sentences, the most important first; none when the training has no judged rows.
    static List<String> of(JsonNode metrics) {
        List<String> sentences = new ArrayList<>();
        JsonNode all = figures(metrics, "validation", "all");
        if (all.isMissingNode() || all.path("n").asLong() == 0) {
            return sentences;
        }
        double skill = all.path("climatology").path("skill").asDouble(Double.NaN);
        sentences.add(String.format(Locale.ROOT, "%s On %,d signatures that it was not trained on, the model is off by %.2f dB (RMSE); "
                        + "the mean of each band by %.2f dB, the climatology of each bucket by %.2f dB.", judgement(skill), all.path("n").asLong(),
                all.path("rmseDb").asDouble(), all.path("bandMean").path("rmseDb").asDouble(), all.path("climatology").path("rmseDb").asDouble()));
        sentences.add(String.format(Locale.ROOT, "Its predictions and the measurements correlate with r = %.3f; on average it is %.2f dB %s.",
                all.path("pearson").asDouble(), Math.abs(all.path("biasDb").asDouble()), all.path("biasDb").asDouble() < 0 ? "too low" : "too high"));
        part(sentences, metrics, "validation-path", "paths it never saw");
        part(sentences, metrics, "validation-month", "months it never saw");
        gates(sentences, metrics.path("physics"));
        return sentences;
    }

    /// @param skill 1 − squared error of the model/squared error of the climatology
    static String judgement(double skill) {
        if (Double.isNaN(skill)) {
            return "There is no baseline to compare with.";
        }
        String share = String.format(Locale.ROOT, "%.0f %%", 100 * Math.abs(skill));
        return skill > MARGIN ? "The model has skill: its squared error is " + share + " below that of the climatology."
                : skill < -MARGIN ? "The model has no skill: its squared error is " + share + " above that of the climatology, which needs no network."
                : "The model is as good as the climatology, no better: what it learnt, a table of means knows too.";
    }

    private static void part(List<String> sentences, JsonNode metrics, String part, String words) {
        JsonNode figures = figures(metrics, part, "all");
        if (figures.path("n").asLong() > 0) {
            sentences.add(String.format(Locale.ROOT, "On %s: RMSE %.2f dB against %.2f dB of the climatology (%,d signatures).", words,
                    figures.path("rmseDb").asDouble(), figures.path("climatology").path("rmseDb").asDouble(), figures.path("n").asLong()));
        }
    }

    private static void gates(List<String> sentences, JsonNode physics) {
        boolean sun = physics.path("sunGate").path("collapsed").asBoolean();
        boolean storm = physics.path("stormGate").path("collapsed").asBoolean();
        if (sun || storm) {
            String which = sun && storm ? "Both gates are" : sun ? "The sun gate is" : "The storm gate is";
            sentences.add(which + " the same for all paths: the response to " + (sun && storm ? "sun and storms" : sun ? "the sun" : "storms")
                    + " does not depend on band, hour or latitude.");
        }
    }

    private static JsonNode figures(JsonNode metrics, String part, String band) {
        for (JsonNode figures : metrics.path("evaluation").path("figures")) {
            if (figures.path("part").asText().equals(part) && figures.path("band").asText().equals(band)) {
                return figures;
            }
        }
        return MissingNode.getInstance();
    }
}
