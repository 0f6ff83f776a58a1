package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Surrogate;
import org.ionforge.compute.reference.LifShares;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LifConformanceTest {

    private static final List<Surrogate> SURROGATES = List.of(Surrogate.fastSigmoid(4), Surrogate.arctan(2), Surrogate.sigmoid(4),
            Surrogate.triangular(1), Surrogate.rectangular(0.5f), Surrogate.learnable(2));
    /// Steps around the segments that backward may cut, words that are full, short by one and over by one.
    private static final List<Lif.Shape> SHAPES = List.of(new Lif.Shape(1, 1, 1), new Lif.Shape(1, 3, 31), new Lif.Shape(7, 2, 33),
            new Lif.Shape(16, 1, 5), new Lif.Shape(17, 2, 3), new Lif.Shape(32, 5, 64), new Lif.Shape(33, 3, 97), new Lif.Shape(65, 1, 30),
            new Lif.Shape(100, 2, 40), new Lif.Shape(2, 37, 1), new Lif.Shape(3, 1, 1009));

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyDialect(Room room) {
        Random random = new Random(1);
        for (LifDialect dialect : LifCase.dialects(60, 2)) {
            Surrogate surrogate = SURROGATES.get(random.nextInt(SURROGATES.size()));
            Lif.Shape shape = new Lif.Shape(1 + random.nextInt(40), 1 + random.nextInt(3), 1 + random.nextInt(40));
            compare(room, LifCase.random("dialect", shape, dialect, surrogate, random.nextBoolean(), random.nextBoolean(),
                    random.nextInt(4) == 0, random.nextInt()));
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyShape(Room room) {
        for (Lif.Shape shape : SHAPES) {
            for (LifDialect dialect : List.of(LifDialect.IONFORGE, LifDialect.SNNTORCH_LEAKY, LifDialect.NORSE_LIF.detached(true))) {
                compare(room, LifCase.random("shape", shape, dialect, Surrogate.arctan(2), false, false, false, 3));
                compare(room, LifCase.random("shape", shape, dialect.detached(true), Surrogate.learnable(3), true, true, false, 4));
                compare(room, LifCase.random("constant", shape, dialect, Surrogate.fastSigmoid(2), true, false, true, 5));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everySurrogate(Room room) {
        for (Surrogate surrogate : SURROGATES) {
            for (float slope : new float[] {surrogate.slope(), 1, 0.1f}) {
                compare(room, LifCase.random("surrogate", new Lif.Shape(9, 2, 35), LifDialect.IONFORGE,
                        new Surrogate(surrogate.shape(), slope), true, false, false, 6));
            }
        }
    }

    /// Subnormal, huge, infinite currents and NaN: each neuron keeps what it got to itself.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void awkwardCurrents(Room room) {
        float[] awkward = {0, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, 1, Math.nextDown(1f), Math.nextUp(1f), -1,
                Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
        for (LifDialect dialect : LifCase.PRESETS) {
            LifCase plain = LifCase.random("awkward", new Lif.Shape(6, 3, 45), dialect, Surrogate.arctan(2), false, false, false, 7);
            float[] currents = new Inputs(8).mixed(plain.currents().length, -0.5f, 1.5f, awkward);
            compareForward(room, plain.withCurrents(currents));
        }
    }

    /// Any of the outputs and any of the gradients alone.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void onlyWhatIsAskedFor(Room room) {
        LifCase plain = LifCase.random("alone", new Lif.Shape(35, 2, 34), LifDialect.IONFORGE, Surrogate.arctan(2), true, false, false, 9);
        LifCase.Gradients g = plain.upstream();
        compareBackward(room, plain.with(new LifCase.Gradients(g.spikes(), null, null, null)));
        compareBackward(room, plain.with(new LifCase.Gradients(null, g.counts(), null, null)));
        compareBackward(room, plain.with(new LifCase.Gradients(null, null, g.membrane(), null)));
        compareBackward(room, plain.with(new LifCase.Gradients(null, null, null, g.last())));
        LifCase.Forward expected = plain.forward(Room.reference());
        Lif.Shape shape = plain.shape();
        Trial.on(room, trial -> {
            Buffer spikes = trial.output(ElementType.U32, expected.spikes().length);
            Buffer last = trial.output(ElementType.F32, expected.last().length);
            Lif.Currents currents = new Lif.Currents(trial.input(plain.currents()), false);
            trial.backend().lif().forward(shape, plain.neurons(trial), currents, new Lif.Outputs(spikes, null, null, null));
            trial.backend().lif().forward(shape, plain.neurons(trial), currents, new Lif.Outputs(null, null, null, last));
            assertArrayEquals(expected.spikes(), trial.ints(spikes, expected.spikes().length));
            assertArrayEquals(expected.last(), trial.floats(last, expected.last().length));
            Buffer byLeak = trial.output(ElementType.F32, plain.leak().length);
            trial.backend().lif().backward(shape, plain.neurons(trial), currents,
                    new Lif.Upstream(null, trial.input(g.counts()), null, null), null, new Lif.Gradients(byLeak, null, null, null));
            LifCase counts = plain.with(new LifCase.Gradients(null, g.counts(), null, null));
            double bound = 1e-5 * counts.shares().leak();
            Agreement.within((i, value) -> bound, counts.backward(Room.reference()).leak(), trial.floats(byLeak, plain.leak().length),
                    "leak alone", i -> "neuron " + i);
            return null;
        });
    }

    /// Parameters that are slices of one flat buffer, as an optimiser has them.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void parametersInAFlatBuffer(Room room) {
        int n = 33;
        LifCase plain = LifCase.random("flat", new Lif.Shape(5, 2, n), LifDialect.SNNTORCH_LEAKY, Surrogate.arctan(2), true, false, false,
                11).withThreshold(LifCase.uniform(new Random(12), n, 0.4f, 1.2f));
        int[] expected = plain.forward(Room.reference()).spikes();
        Trial.on(room, trial -> {
            float[] flat = new float[3 + 2 * n];
            System.arraycopy(plain.leak(), 0, flat, 3, n);
            System.arraycopy(plain.threshold(), 0, flat, 3 + n, n);
            Buffer parameters = trial.input(flat);
            LifNeurons neurons = new LifNeurons(plain.dialect(), parameters.slice(3, n), parameters.slice(2, 2 * n + 1).slice(n + 1, n),
                    plain.surrogate());
            Buffer spikes = trial.output(ElementType.U32, expected.length);
            trial.backend().lif().forward(plain.shape(), neurons, new Lif.Currents(trial.input(plain.currents()), false),
                    new Lif.Outputs(spikes, null, null, null));
            assertArrayEquals(expected, trial.ints(spikes, expected.length));
            assertThrows(IndexOutOfBoundsException.class, () -> parameters.slice(3, flat.length));
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theSameBitsEveryTime(Room room) {
        LifCase plain = LifCase.random("again", new Lif.Shape(33, 7, 70), LifDialect.IONFORGE, Surrogate.arctan(2), false, false, false, 10);
        LifCase.Backward first = plain.backward(room);
        LifCase.Backward second = plain.backward(room);
        assertArrayEquals(first.currents(), second.currents());
        assertArrayEquals(first.leak(), second.leak());
        assertArrayEquals(first.threshold(), second.threshold());
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            Lif lif = trial.backend().lif();
            Lif.Shape shape = new Lif.Shape(2, 3, 33);
            Buffer one = trial.input(1f);
            Buffer currents = trial.input(new float[198]);
            Buffer spikes = trial.input(ElementType.U32, new int[12]);
            LifNeurons neurons = new LifNeurons(LifDialect.IONFORGE, one, one, Surrogate.arctan(2));
            Lif.Outputs outputs = new Lif.Outputs(spikes, null, null, null);
            String tooFew = refusal(() -> lif.forward(shape, neurons, new Lif.Currents(trial.input(new float[197]), false), outputs));
            assertTrue(tooFew.contains("currents must hold 198 F32"), tooFew);
            String words = refusal(() -> lif.forward(new Lif.Shape(2, 3, 65), neurons, new Lif.Currents(trial.input(new float[390]), false),
                    outputs));
            assertTrue(words.contains("spikes must hold 18 U32"), words);
            String nothing = refusal(() -> lif.forward(shape, neurons, new Lif.Currents(currents, false), new Lif.Outputs(null, null, null, null)));
            assertTrue(nothing.contains("no output"), nothing);
            LifNeurons odd = new LifNeurons(LifDialect.IONFORGE, trial.input(new float[32]), one, Surrogate.arctan(2));
            String leak = refusal(() -> lif.forward(shape, odd, new Lif.Currents(currents, false), outputs));
            assertTrue(leak.contains("leak must hold 33 F32"), leak);
            LifNeurons unlearnable = new LifNeurons(LifDialect.IONFORGE, one, one, Surrogate.arctan(2), one, one);
            refusal(() -> lif.forward(shape, unlearnable, new Lif.Currents(currents, false), outputs));
            Lif.Upstream upstream = new Lif.Upstream(currents, null, null, null);
            String slope = refusal(() -> lif.backward(shape, neurons, new Lif.Currents(currents, false), upstream, null,
                    new Lif.Gradients(null, null, one, null)));
            assertTrue(slope.contains("not learnable"), slope);
            Buffer halves = trial.input(ElementType.BF16, new short[198]);
            refusal(() -> lif.backward(shape, neurons, new Lif.Currents(halves, false), upstream, null, Lif.Gradients.NONE));
            assertThrows(IllegalArgumentException.class, () -> new Lif.Shape(0, 1, 1));
            return null;
        });
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    private static void compare(Room room, LifCase plain) {
        compareForward(room, plain);
        compareBackward(room, plain);
    }

    private static void compareForward(Room room, LifCase plain) {
        LifCase.Forward expected = plain.forward(Room.reference());
        LifCase.Forward actual = plain.forward(room);
        String what = plain.name() + " " + plain.shape() + " " + plain.dialect();
        assertArrayEquals(expected.spikes(), actual.spikes(), () -> "spikes of " + what);
        assertArrayEquals(expected.counts(), actual.counts(), () -> "counts of " + what);
        Agreement.within((i, value) -> 0, expected.membrane(), actual.membrane(), "membrane", i -> "element " + i + " of " + what);
        Agreement.within((i, value) -> 0, expected.last(), actual.last(), "last membrane", i -> "cell " + i + " of " + what);
    }

    private static void compareBackward(Room room, LifCase plain) {
        LifCase.Backward expected = plain.backward(Room.reference());
        LifCase.Backward actual = plain.backward(room);
        String what = plain.name() + " " + plain.shape() + " " + plain.dialect() + " " + plain.surrogate();
        double largest = 0;
        for (float value : expected.currents()) {
            assertTrue(Float.isFinite(value), () -> "a case that can be compared: " + what);
            largest = Math.max(largest, Math.abs(value));
        }
        double near = 1e-5 * largest;
        double rounding = plain.bf16() && !plain.constant() ? 0x1p-7 : 0;
        Agreement.within((i, value) -> near + rounding * Math.abs(value), expected.currents(), actual.currents(), "by current",
                i -> "element " + i + " of " + what);
        LifShares shares = plain.shares();
        parameter(shares.leak(), expected.leak(), actual.leak(), "by leak", what);
        parameter(shares.threshold(), expected.threshold(), actual.threshold(), "by threshold", what);
        if (plain.slope() != null) {
            parameter(shares.slope(), expected.slope(), actual.slope(), "by slope", what);
            parameter(shares.offset(), expected.offset(), actual.offset(), "by offset", what);
        }
    }

    private static void parameter(double shares, float[] expected, float[] actual, String gradient, String what) {
        assertEquals(expected.length, actual.length);
        Agreement.within((i, value) -> 1e-5 * shares, expected, actual, gradient, i -> "element " + i + " of " + what);
    }
}
