package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.StateLevels.Place;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Membranes in a few levels: in the neurons alone, behind a training layer, behind integers.
class StateLevelsConformanceTest {

    private static final List<StateLevels> LEVELS = List.of(StateLevels.uniform(4, 0, 0.2f), StateLevels.uniform(8, 0.5f, 1),
            StateLevels.uniform(1, 0, 0), StateLevels.thresholdCentred(4, 0, 0.2f), StateLevels.thresholdCentred(2, 0, 0.5f), StateLevels.thresholdCentred(6, 0.5f, 0.25f),
            StateLevels.mint(2, 0.5f).at(Place.MEMBRANE), StateLevels.mint(8, 0x1p-5f).at(Place.MEMBRANE), new StateLevels(Place.MEMBRANE, false, List.of(-0.75f, 0f, 0.25f, 1f, 1.5f)));

    /// Each with every dialect, and with what the leak leaves where that is possible.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyDialect(Room room) {
        Random random = new Random(1);
        for (LifDialect dialect : LifCase.dialects(12, 2)) {
            List<StateLevels> levels = new ArrayList<>(List.of(LEVELS.get(random.nextInt(LEVELS.size()))));
            if (dialect.charge() == LifDialect.Charge.LEAK) {
                levels.add(LEVELS.get(random.nextInt(LEVELS.size())).at(Place.LEAKED));
            }
            for (StateLevels each : levels) {
                Lif.Shape shape = new Lif.Shape(1 + random.nextInt(40), 1 + random.nextInt(3), 1 + random.nextInt(40));
                compare(room, LifCase.random("levels", shape, dialect, Surrogate.arctan(2), random.nextBoolean(), random.nextBoolean(),
                        random.nextInt(4) == 0, random.nextInt()).withLevels(each));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyLevel(Room room) {
        for (StateLevels levels : LEVELS) {
            for (Place place : Place.values()) {
                compare(room, LifCase.random("every", new Lif.Shape(33, 2, 45), LifDialect.IONFORGE.subtracting(), Surrogate.learnable(2), true,
                        false, false, 3).withLevels(levels.at(place)));
            }
        }
    }

    /// NaN and infinities, and values on the middles between levels.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void awkwardCurrents(Room room) {
        float[] awkward = {0, -0f, Float.MIN_VALUE, 0.25f, -0.25f, Math.nextDown(0.25f), -Math.nextUp(0.25f), 0.75f, 1, Math.nextDown(1f), Float.MAX_VALUE, Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY, Float.NaN};
        for (StateLevels levels : LEVELS) {
            for (Place place : Place.values()) {
                LifCase plain = LifCase.random("awkward", new Lif.Shape(6, 3, 45), LifDialect.IONFORGE, Surrogate.arctan(2), false, false, false, 7);
                compareForward(room, plain.withCurrents(new Inputs(8).mixed(plain.currents().length, -0.5f, 1.5f, awkward))
                        .withLevels(levels.at(place)));
            }
        }
    }

    /// Every U is a level of its neuron, or every carried state with `LEAKED`: as many different values as there are codes, at most.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void membranesAreLevels(Room room) {
        StateLevels levels = StateLevels.uniform(2, 0, 0.2f);
        float[] table = levels.table();
        LifCase plain = LifCase.random("levels", new Lif.Shape(20, 3, 33), LifDialect.IONFORGE, Surrogate.arctan(2), false, false, false, 9)
                .withThreshold(new float[] {0.75f}).withLevels(levels);
        boolean[] seen = new boolean[4];
        for (float u : plain.forward(room).membrane()) {
            int code = 0;
            while (code < 4 && u != 0.75f * table[4 + code]) {
                code++;
            }
            assertTrue(code < 4, "a membrane of " + u);
            seen[code] = true;
        }
        assertArrayEquals(new boolean[] {true, true, true, true}, seen);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void behindATrainingLayer(Room room) {
        for (StateLevels levels : List.of(StateLevels.uniform(4, 0, 0.2f), StateLevels.thresholdCentred(4, 0, 0.2f).at(Place.LEAKED))) {
            SpikingLinear.Shape shape = new SpikingLinear.Shape(7, 3, 19, 41);
            LifCase neurons = LifCase.random("layer", shape.lif(), LifDialect.IONFORGE, Surrogate.arctan(2), true, false, true, 4).withLevels(levels);
            SpikingCase layer = SpikingCase.random("layer", shape, neurons, SpikingLinear.Input.Kind.SPIKES, false, QuantisationScheme.int8(),
                    QuantisationScheme.int8(), 6, 5);
            SpikingCase.Forward expected = layer.forward(Room.reference());
            assertArrayEquals(expected.spikes(), layer.forward(room).spikes());
            assertArrayEquals(expected.spikes(), layer.spikes(room));
            SpikingCase.Backward gradients = layer.backward(Room.reference(), expected.currents());
            float largest = 0;
            for (float value : gradients.current()) {
                largest = Math.max(largest, Math.abs(value));
            }
            double bound = 1e-5 * largest;
            Agreement.within((i, value) -> bound, gradients.current(), layer.backward(room, null).current(), "by current", i -> "element " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void behindIntegers(Room room) {
        for (StateLevels levels : List.of(StateLevels.uniform(4, 0, 0.2f), StateLevels.uniform(8, 0, 0.2f).at(Place.LEAKED))) {
            QuantizedSpikesCase plain = QuantizedSpikesCase.random(ElementType.U32, Format.INT4, new Lif.Shape(25, 3, 50), 96, LifDialect.IONFORGE,
                    true, false, null, 7).withLevels(levels);
            LifCase.Forward expected = plain.forward(Room.reference());
            LifCase.Forward actual = plain.forward(room);
            assertArrayEquals(expected.spikes(), actual.spikes());
            Agreement.within((i, value) -> 0, expected.membrane(), actual.membrane(), "membrane", i -> "element " + i);
        }
    }

    /// MINT behind packed weights is a program of integers without a product: sums, a comparison, a subtraction, a shift, a clamp.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void mintIsAProgramOfIntegers(Room room) {
        int steps = 30;
        int batch = 3;
        int inputs = 70;
        int neurons = 37;
        for (int bits : new int[] {8, 4, 2}) {
            Format format = bits == 8 ? Format.INT8 : bits == 4 ? Format.INT4 : Format.INT2;
            int highest = (1 << bits - 1) - 1;
            int threshold = bits == 8 ? 150 : bits == 4 ? 9 : 2;
            Random random = new Random(bits);
            int[] codes = random.ints((long) neurons * inputs, -highest, highest + 1).toArray();
            int[] spikes = random.ints((long) steps * batch * 3).map(word -> word & random.nextInt()).toArray();
            int words = steps * batch * 2;
            int[] expected = new int[words];
            float[] membranes = new float[steps * batch * neurons];
            for (int b = 0; b < batch; b++) {
                for (int n = 0; n < neurons; n++) {
                    int state = 0;
                    for (int t = 0; t < steps; t++) {
                        int row = t * batch + b;
                        int h = state;
                        for (int k = 0; k < inputs; k++) {
                            h += (spikes[row * 3 + k / 32] >>> k % 32 & 1) * codes[n * inputs + k];
                        }
                        boolean spike = h > threshold;
                        expected[row * 2 + n / 32] |= (spike ? 1 : 0) << n % 32;
                        membranes[row * neurons + n] = h;
                        state = Math.clamp(((spike ? h - threshold : h) + 1) >> 1, -highest, highest);
                    }
                }
            }
            Trial.on(room, trial -> {
                StateLevels levels = StateLevels.mint(bits, 1);
                LifNeurons mint = new LifNeurons(LifDialect.MINT, trial.input(0.5f), trial.input((float) threshold), Surrogate.triangular(1))
                        .rounded(levels, trial.input(levels.table()));
                float[] ones = new float[neurons];
                Arrays.fill(ones, 1);
                Lif.Outputs out = new Lif.Outputs(trial.output(ElementType.U32, words), null, trial.output(ElementType.F32, membranes.length), null);
                QuantizedGemm gemm = trial.backend().quantizedGemm();
                try (PackedWeights weights = gemm.pack(format, trial.input(format.element(), packed(format, codes, inputs)), neurons, inputs)) {
                    gemm.multiply(trial.input(ElementType.U32, spikes), steps * batch, weights,
                            new QuantizedGemm.Spiking(trial.input(ones), null, null, mint, steps, false, out));
                }
                assertArrayEquals(expected, trial.ints(out.spikes(), words), () -> "spikes of " + bits + " bits");
                assertArrayEquals(membranes, trial.floats(out.membrane(), membranes.length));
                return null;
            });
        }
    }

    private static byte[] packed(Format format, int[] codes, int inputs) {
        int row = (int) format.rowBytes(inputs);
        byte[] bytes = new byte[codes.length / inputs * row];
        int each = 8 / format.bits();
        for (int i = 0; i < codes.length; i++) {
            int k = i % inputs;
            bytes[i / inputs * row + k / each] |= (byte) ((codes[i] & (1 << format.bits()) - 1) << k % each * format.bits());
        }
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            StateLevels levels = StateLevels.uniform(4, 0, 0.2f);
            Buffer one = trial.input(1f);
            Buffer currents = trial.input(new float[6]);
            Lif.Outputs out = new Lif.Outputs(null, trial.output(ElementType.F32, 6), null, null);
            LifNeurons plain = new LifNeurons(LifDialect.NORSE_LIF, one, one, Surrogate.arctan(2));
            String charge = assertThrows(IllegalArgumentException.class, () -> trial.backend().lif().forward(new Lif.Shape(1, 2, 3),
                    plain.rounded(levels.at(Place.LEAKED), trial.input(levels.table())), new Lif.Currents(currents, false), out)).getMessage();
            assertTrue(charge.contains("charge LEAK only"), charge);
            String table = assertThrows(IllegalArgumentException.class, () -> trial.backend().lif().forward(new Lif.Shape(1, 2, 3),
                    plain.rounded(levels, trial.input(new float[31])), new Lif.Currents(currents, false), out)).getMessage();
            assertEquals("table of levels must hold 32 F32, it holds 31 F32", table);
            return null;
        });
    }

    private static void compare(Room room, LifCase plain) {
        compareForward(room, plain);
        LifCase.Backward expected = plain.backward(Room.reference());
        LifCase.Backward actual = plain.backward(room);
        String what = plain.shape() + " " + plain.dialect() + " " + plain.levels();
        double largest = 0;
        for (float value : expected.currents()) {
            assertTrue(Float.isFinite(value), () -> "a case that can be compared: " + what);
            largest = Math.max(largest, Math.abs(value));
        }
        double near = 1e-5 * largest;
        double rounding = plain.bf16() && !plain.constant() ? 0x1p-7 : 0;
        Agreement.within((i, value) -> near + rounding * Math.abs(value), expected.currents(), actual.currents(), "by current",
                i -> "element " + i + " of " + what);
        double leak = 1e-5 * plain.shares().leak();
        double threshold = 1e-5 * plain.shares().threshold();
        Agreement.within((i, value) -> leak, expected.leak(), actual.leak(), "by leak", i -> what);
        Agreement.within((i, value) -> threshold, expected.threshold(), actual.threshold(), "by threshold", i -> what);
    }

    private static void compareForward(Room room, LifCase plain) {
        LifCase.Forward expected = plain.forward(Room.reference());
        LifCase.Forward actual = plain.forward(room);
        String what = plain.shape() + " " + plain.dialect() + " " + plain.levels();
        assertArrayEquals(expected.spikes(), actual.spikes(), () -> "spikes of " + what);
        Agreement.within((i, value) -> 0, expected.membrane(), actual.membrane(), "membrane", i -> "element " + i + " of " + what);
        Agreement.within((i, value) -> 0, expected.last(), actual.last(), "last membrane", i -> "cell " + i + " of " + what);
    }
}
