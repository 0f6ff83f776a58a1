package org.ionforge.ionis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.errors.InputException;

/// What turns an SNR into the network's unit and back: `σ = (dB − mean) / std`, with a pair for every band.
///
/// @param bands by house number of the band, ascending
public record Normalisation(Map<Integer, Scale> bands) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// @param mean in dB
    /// @param std  in dB, > 0
    public record Scale(double mean, double std) {

        public Scale {
            if (!(std > 0) || !Double.isFinite(mean) || !Double.isFinite(std)) {
                throw new InputException("a band cannot be normalised with mean " + mean + " and standard deviation " + std);
            }
        }

        public double toSigma(double db) {
            return (db - mean) / std;
        }

        public double toDb(double sigma) {
            return sigma * std + mean;
        }
    }

    public Normalisation {
        bands = Collections.unmodifiableMap(new TreeMap<>(bands));
    }

    /// The scale of a band.
    ///
    /// @throws InputException if the model has none
    public Scale of(int band) {
        Scale scale = bands.get(band);
        if (scale == null) {
            throw new InputException("the model has no normalisation for band " + band + ", only for " + bands.keySet());
        }
        return scale;
    }

    /// `{"107":[-17.53,6.7], …}`, for a model's metadata.
    public String toJson() {
        ObjectNode root = JSON.createObjectNode();
        bands.forEach((band, scale) -> root.putArray(band.toString()).add(scale.mean).add(scale.std));
        return root.toString();
    }

    /// Reads [#toJson()].
    ///
    /// @param where names the text in the error
    /// @throws InputException if it is something else
    static Normalisation parse(String where, String json) {
        Map<Integer, Scale> bands = new TreeMap<>();
        try {
            for (Map.Entry<String, JsonNode> entry : JSON.readTree(json).properties()) {
                JsonNode pair = entry.getValue();
                if (!pair.isArray() || pair.size() != 2 || !pair.get(0).isNumber() || !pair.get(1).isNumber()) {
                    throw new InputException(where + ": band " + entry.getKey() + " needs [mean, std], has " + pair);
                }
                bands.put(Integer.valueOf(entry.getKey()), new Scale(pair.get(0).doubleValue(), pair.get(1).doubleValue()));
            }
        } catch (JsonProcessingException | NumberFormatException e) {
            throw new InputException(where + " is not {band: [mean, std]}: " + e.getMessage(), e);
        }
        return new Normalisation(bands);
    }
}
