package org.ionforge.telemetry.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.errors.InputException;

/// What the report shows of a training, from the files in its folder: `metrics.json`, `history.json`, `evaluation.json`.
final class TrainingFigures {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TrainingFigures() {
    }

    /// The files under the keys `metrics`, `history` and `evaluation`; one that is not there is a missing key.
    /// The single predictions are counted into squares of 1 dB, so that the report stays small.
    ///
    /// @throws InputException if the folder is none, or a file in it is not JSON
    static ObjectNode of(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InputException("report: " + folder + " is no folder of a training; --train names the one that train wrote to");
        }
        ObjectNode figures = JSON.createObjectNode();
        figures.put("folder", folder.toString());
        put(figures, "metrics", folder.resolve("metrics.json"));
        put(figures, "history", folder.resolve("history.json"));
        put(figures, "evaluation", folder.resolve("evaluation.json"));
        if (figures.path("evaluation").path("sample").isObject()) {
            ObjectNode evaluation = (ObjectNode) figures.get("evaluation");
            evaluation.set("density", density(evaluation.path("sample")));
            evaluation.remove("sample");
        }
        return figures;
    }

    private static void put(ObjectNode figures, String key, Path file) {
        if (Files.exists(file)) {
            try {
                figures.set(key, JSON.readTree(Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new InputException("report: cannot read " + file + ": " + e.getMessage(), e);
            }
        }
    }

    /// `[measured dB, predicted dB, rows]`, whole dB.
    private static ArrayNode density(JsonNode sample) {
        Map<Long, Integer> counts = new TreeMap<>();
        JsonNode measured = sample.path("measuredDb");
        JsonNode predicted = sample.path("predictedDb");
        for (int i = 0; i < Math.min(measured.size(), predicted.size()); i++) {
            long key = Math.round(measured.get(i).asDouble()) << 32 | Math.round(predicted.get(i).asDouble()) & 0xffff_ffffL;
            counts.merge(key, 1, Integer::sum);
        }
        ArrayNode density = JSON.createArrayNode();
        counts.forEach((key, count) -> density.addArray().add((int) (key >> 32)).add(key.intValue()).add((int) count));
        return density;
    }
}
