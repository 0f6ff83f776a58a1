package org.ionforge.spiking.integer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.StateLevels;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.NetworkShape;

/// Models of random codes.
public final class RandomModels {

    private RandomModels() {
    }

    public static QuantisedModel of(String network, QuantisationScheme weights, InputForm input, long seed) {
        return of(network, weights, input, seed, null);
    }

    static QuantisedModel of(String network, QuantisationScheme weights, InputForm input, long seed, StateLevels state) {
        Random random = new Random(seed);
        NetworkShape shape = NetworkShape.parse(network);
        List<QuantisedLayer> layers = new ArrayList<>();
        for (NetworkShape.Layer layer : shape.layers()) {
            layers.add(rounded(layer(random, layer.neurons(), layer.inputs(), weights), state));
        }
        return new QuantisedModel(shape, 5, Readout.COUNT, input, layers, Map.of("seed", Long.toString(seed), "what", "random \"codes\", für Tests"));
    }

    static QuantisedLayer layer(Random random, int neurons, int inputs, QuantisationScheme weights) {
        int bits = weights.bits();
        int row = (int) Format.valueOf("INT" + bits).rowBytes(inputs);
        byte[] codes = new byte[neurons * row];
        for (int n = 0; n < neurons; n++) {
            for (int k = 0; k < inputs; k++) {
                int code = random.nextInt(weights.lowest(), weights.highest() + 1) & (1 << bits) - 1;
                codes[n * row + k * bits / 8] |= (byte) (code << k * bits % 8);
            }
        }
        boolean each = random.nextBoolean();
        return new QuantisedLayer(neurons, inputs, weights.perChannel(), codes, floats(random, neurons), random.nextBoolean() ? floats(random, neurons) : null,
                random.nextBoolean() ? new QuantisedLayer.Current(QuantisationScheme.int8(), random.nextFloat() + 0.01f) : null,
                random.nextBoolean() ? LifDialect.IONFORGE : LifDialect.NORSE_LIF, floats(random, each ? neurons : 1), floats(random, each ? 1 : neurons));
    }

    private static QuantisedLayer rounded(QuantisedLayer layer, StateLevels state) {
        return new QuantisedLayer(layer.neurons(), layer.inputs(), layer.weights(), layer.codes(), layer.scales(), layer.bias(), layer.current(),
                state != null && state.place() == StateLevels.Place.LEAKED ? LifDialect.IONFORGE : layer.dialect(), layer.leak(), layer.threshold(), state);
    }

    private static float[] floats(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat() + 1e-6f;
        }
        return values;
    }
}
