package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Input.Kind;
import org.ionforge.compute.SpikingLinear.Shape;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpikingLinearConformanceTest {

    private static final List<QuantisationScheme> SCHEMES = Arrays.asList(null, QuantisationScheme.int8(), QuantisationScheme.int8Narrow(),
            QuantisationScheme.int4(), QuantisationScheme.int2(), QuantisationScheme.ternary());

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyKindOfInputAndWeights(Room room) {
        int seed = 0;
        for (Kind kind : Kind.values()) {
            for (QuantisationScheme scheme : SCHEMES) {
                Random random = new Random(++seed);
                Shape shape = new Shape(1 + random.nextInt(9), 1 + random.nextInt(5), 1 + random.nextInt(70), 1 + random.nextInt(70));
                compare(room, random("kind", shape, kind, scheme, LifDialect.IONFORGE, random, seed));
                compare(room, random("kind", new Shape(5, 3, 33, 34), kind, scheme, LifDialect.SNNTORCH_LEAKY, random, seed));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyShape(Room room) {
        for (Shape shape : List.of(new Shape(1, 1, 1, 1), new Shape(2, 1, 1, 33), new Shape(3, 2, 32, 32), new Shape(33, 1, 5, 3),
                new Shape(2, 67, 17, 31), new Shape(3, 2, 131, 5), new Shape(2, 3, 7, 131), new Shape(17, 2, 31, 65))) {
            for (Kind kind : Kind.values()) {
                Random random = new Random(3);
                compare(room, random("shape", shape, kind, QuantisationScheme.int8(), LifDialect.IONFORGE.subtracting(), random, 4));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyDialect(Room room) {
        Random random = new Random(5);
        for (LifDialect dialect : LifCase.dialects(10, 6)) {
            Kind kind = Kind.values()[random.nextInt(3)];
            compare(room, random("dialect", new Shape(6, 2, 9, 37), kind, QuantisationScheme.int4(), dialect, random, random.nextInt()));
        }
    }

    /// More tiles than a room may want before it does all in one go.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void manyTiles(Room room) {
        for (Shape shape : List.of(new Shape(2, 33, 3, 2050), new Shape(2, 65, 2, 4100))) {
            for (Kind kind : List.of(Kind.SPIKES, Kind.SEQUENCE)) {
                Random random = new Random(7);
                SpikingCase plain = random("tiles", shape, kind, QuantisationScheme.int8(), LifDialect.SNNTORCH_LEAKY, random, 8);
                assertArrayEquals(plain.spikes(Room.reference()), plain.spikes(room), () -> "spikes of " + shape);
            }
        }
    }

    /// A hidden layer and its readout: only the counts of the readout are in the loss.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void whatComesThroughTheNextLayerAlone(Room room) {
        Random random = new Random(9);
        SpikingCase plain = random("through", new Shape(7, 3, 20, 45), Kind.CONSTANT, QuantisationScheme.int8(), LifDialect.IONFORGE, random,
                10);
        SpikingCase.Next next = new SpikingCase.Next(10, LifCase.uniform(random, 450, -1, 1), null, null,
                LifCase.uniform(random, 7 * 3 * 10, -1, 1));
        compareBackward(room, new SpikingCase("through", plain.shape(), plain.neurons().with(null), Kind.CONSTANT, false, plain.input(),
                plain.weights(), plain.scheme(), plain.scales(), true, plain.bias(), null, 0, next));
    }

    /// Weights on the borders of their codes, ties among them, at scales that are no power of two: codes are the quantiser's.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void codesAtTheirBorders(Room room) {
        Shape shape = new Shape(1, 1, 1, 4096);
        float scale = 0.0123f;
        float[] weights = new float[4096];
        for (int i = 0; i < weights.length; i++) {
            float tie = (i / 8 - 256) * 0.5f * scale;
            weights[i] = switch (i % 8) {
                case 0 -> Math.nextUp(tie);
                case 1 -> Math.nextDown(tie);
                default -> tie * (1 + (i % 8 - 4) * 1e-7f);
            };
        }
        float[] scales = new float[4096];
        Arrays.fill(scales, scale);
        LifCase neurons = LifCase.random("codes", shape.lif(), LifDialect.IONFORGE, Surrogate.arctan(2), false, false, true, 1);
        compare(room, new SpikingCase("codes", shape, neurons, Kind.CONSTANT, false, new float[] {1}, weights, QuantisationScheme.int8(),
                scales, true, null, QuantisationScheme.int4(), 0.25f, null));
    }

    /// A NaN and an infinity in the input stay in their rows, and the range tells of the NaN.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aNaNInTheInputIsSeen(Room room) {
        for (QuantisationScheme current : Arrays.asList(null, QuantisationScheme.int8())) {
            Shape shape = new Shape(4, 3, 5, 70);
            LifCase neurons = LifCase.random("NaN", shape.lif(), LifDialect.IONFORGE, Surrogate.arctan(2), false, false, true, 15);
            SpikingCase plain = SpikingCase.random("NaN", shape, neurons, Kind.SEQUENCE, false, QuantisationScheme.int8(), current, 0, 16);
            plain.input()[17] = Float.POSITIVE_INFINITY;
            compareForward(room, plain);
            plain.input()[5 * 5 + 2] = Float.NaN;
            compareForward(room, plain);
            SpikingCase.Forward forward = plain.forward(room);
            assertTrue(Float.isNaN(forward.range()[0]) && Float.isNaN(forward.range()[1]), "the range of what has a NaN");
            assertTrue(Float.isNaN(forward.currents()[5 * 70]) && Float.isFinite(forward.currents()[6 * 70]));
        }
    }

    /// Where sums are not exact: each current within the bound of the contract, the spikes those of the room's own currents.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void inexactSums(Room room) {
        Shape shape = new Shape(3, 5, 777, 41);
        Random random = new Random(11);
        SpikingCase grid = random("inexact", shape, Kind.SEQUENCE, null, LifDialect.IONFORGE, random, 12);
        float[] input = LifCase.uniform(random, grid.input().length, -1, 1);
        float[] weights = LifCase.uniform(random, grid.weights().length, -1, 1);
        SpikingCase plain = new SpikingCase("inexact", shape, grid.neurons(), Kind.SEQUENCE, false, input, weights, null, null, true,
                grid.bias(), null, 0, null);
        SpikingCase.Forward actual = plain.forward(room);
        for (int i = 0; i < actual.currents().length; i++) {
            int row = i / 41;
            int n = i % 41;
            double sum = grid.bias() == null ? 0 : grid.bias()[n];
            double size = Math.abs(sum);
            for (int k = 0; k < 777; k++) {
                double product = (double) input[row * 777 + k] * weights[n * 777 + k];
                sum += product;
                size += Math.abs(product);
            }
            assertTrue(Math.abs(actual.currents()[i] - sum) <= 1e-6 * size, "current " + i);
        }
        LifCase neurons = new LifCase("own currents", shape.lif(), grid.neurons().dialect(), grid.neurons().surrogate(),
                grid.neurons().leak(), grid.neurons().threshold(), grid.neurons().slope(), grid.neurons().offset(), actual.currents(), false,
                false, null, null);
        LifCase.Forward expected = neurons.forward(Room.reference());
        assertArrayEquals(expected.spikes(), actual.spikes());
        assertArrayEquals(expected.membrane(), actual.membrane());
        SpikingCase.Backward stored = plain.backward(room, actual.currents());
        SpikingCase.Backward again = plain.backward(room, null);
        assertArrayEquals(stored.weights(), again.weights(), "currents computed again are the same to the bit");
        assertArrayEquals(stored.current(), again.current());
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theSameBitsEveryTime(Room room) {
        Random random = new Random(13);
        SpikingCase plain = random("again", new Shape(5, 9, 70, 40), Kind.SPIKES, QuantisationScheme.int8(), LifDialect.IONFORGE, random, 14);
        SpikingCase.Backward first = plain.backward(room, null);
        SpikingCase.Backward second = plain.backward(room, null);
        assertArrayEquals(first.weights(), second.weights());
        assertArrayEquals(first.bias(), second.bias());
        assertArrayEquals(first.leak(), second.leak());
        assertArrayEquals(first.input(), second.input());
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            SpikingLinear layer = trial.backend().spikingLinear();
            Shape shape = new Shape(2, 3, 40, 33);
            Buffer one = trial.input(1f);
            LifNeurons neurons = new LifNeurons(LifDialect.IONFORGE, one, one, Surrogate.arctan(2));
            Buffer weights = trial.input(new float[40 * 33]);
            SpikingLinear.Layer plain = new SpikingLinear.Layer(new SpikingLinear.Weights(weights, null, null), null, neurons);
            SpikingLinear.Outputs outputs = new SpikingLinear.Outputs(new Lif.Outputs(trial.input(ElementType.U32, new int[12]), null, null, null), null, null);
            Buffer bits = trial.input(ElementType.U32, new int[12]);
            String few = refusal(() -> layer.forward(shape, plain, SpikingLinear.Input.spikes(trial.input(ElementType.U32, new int[11])), outputs));
            assertTrue(few.contains("input spikes must hold 12 U32"), few);
            String kind = refusal(() -> layer.forward(shape, plain, SpikingLinear.Input.constant(bits), outputs));
            assertTrue(kind.contains("input must hold 120 F32"), kind);
            SpikingLinear.Layer scaled = new SpikingLinear.Layer(new SpikingLinear.Weights(weights, null,
                    new SpikingLinear.Quantisation(QuantisationScheme.int8(), trial.input(new float[32]), true)), null, neurons);
            String scales = refusal(() -> layer.forward(shape, scaled, SpikingLinear.Input.spikes(bits), outputs));
            assertTrue(scales.contains("scales must hold 33 F32"), scales);
            refusal(() -> new SpikingLinear.Quantisation(QuantisationScheme.quint8(), one, true));
            SpikingLinear.Gradients gradients = new SpikingLinear.Gradients(null, null, Lif.Gradients.NONE, null, null);
            String nothing = refusal(() -> layer.backward(shape, plain, SpikingLinear.Input.spikes(bits), null,
                    new SpikingLinear.Upstream(null, null), gradients));
            assertTrue(nothing.contains("no gradient"), nothing);
            SpikingLinear.Through next = new SpikingLinear.Through(trial.input(new float[59]), 10,
                    new SpikingLinear.Weights(trial.input(new float[330]), null, null));
            String through = refusal(() -> layer.backward(shape, plain, SpikingLinear.Input.spikes(bits), null,
                    new SpikingLinear.Upstream(null, next), gradients));
            assertTrue(through.contains("next layer's current gradient must hold 60"), through);
            assertThrows(IllegalArgumentException.class, () -> new Shape(1, 1, 0, 1));
            return null;
        });
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    private static SpikingCase random(String name, Shape shape, Kind kind, QuantisationScheme scheme, LifDialect dialect, Random random,
                                      long seed) {
        Surrogate surrogate = random.nextBoolean() ? Surrogate.learnable(2) : Surrogate.fastSigmoid(2);
        LifCase neurons = LifCase.random(name, shape.lif(), dialect, surrogate, random.nextBoolean(), false, true, seed);
        return SpikingCase.random(name, shape, neurons, kind, random.nextBoolean() && kind != Kind.SPIKES, scheme,
                random.nextBoolean() ? QuantisationScheme.int8() : random.nextBoolean() ? QuantisationScheme.int4() : null,
                random.nextInt(3) * 6, seed);
    }

    private static void compare(Room room, SpikingCase plain) {
        compareForward(room, plain);
        compareBackward(room, plain);
    }

    private static void compareForward(Room room, SpikingCase plain) {
        SpikingCase.Forward expected = plain.forward(Room.reference());
        SpikingCase.Forward actual = plain.forward(room);
        String what = describe(plain);
        Agreement.toTheBit(expected.currents(), actual.currents(), "currents", i -> "element " + i + " of " + what);
        Agreement.within((i, value) -> 0, expected.range(), actual.range(), "range of the currents", i -> i + " of " + what);
        assertArrayEquals(expected.spikes(), actual.spikes(), () -> "spikes of " + what);
        assertArrayEquals(expected.counts(), actual.counts(), () -> "counts of " + what);
        Agreement.within((i, value) -> 0, expected.membrane(), actual.membrane(), "membrane", i -> "element " + i + " of " + what);
        Agreement.within((i, value) -> 0, expected.last(), actual.last(), "last membrane", i -> "cell " + i + " of " + what);
        assertArrayEquals(expected.spikes(), plain.spikes(room), () -> "spikes alone of " + what);
    }

    private static void compareBackward(Room room, SpikingCase plain) {
        float[] currents = plain.forward(Room.reference()).currents();
        SpikingCase.Backward expected = plain.backward(Room.reference(), currents);
        SpikingCase.Backward actual = plain.backward(room, null);
        String what = describe(plain);
        SpikingCase.Sizes sizes = plain.sizes(expected.current(), currents);
        double largest = IntStream.range(0, expected.current().length).mapToDouble(i -> Math.abs(expected.current()[i])).max().orElse(0);
        assertTrue(Double.isFinite(largest), () -> "a case that can be compared: " + what);
        near(largest, expected.current(), actual.current(), "by current", what);
        near(sizes.weights(), expected.weights(), actual.weights(), "by weights", what);
        near(sizes.bias(), expected.bias(), actual.bias(), "by bias", what);
        near(sizes.input(), expected.input(), actual.input(), "by input", what);
        near(sizes.neurons().leak(), expected.leak(), actual.leak(), "by leak", what);
        near(sizes.neurons().threshold(), expected.threshold(), actual.threshold(), "by threshold", what);
        if (expected.slope() != null) {
            near(sizes.neurons().slope(), expected.slope(), actual.slope(), "by slope", what);
            near(sizes.neurons().offset(), expected.offset(), actual.offset(), "by offset", what);
        }
        SpikingCase.Backward stored = plain.backward(room, currents);
        assertArrayEquals(actual.weights(), stored.weights(), () -> "by weights, with currents given, of " + what);
        assertArrayEquals(actual.leak(), stored.leak(), () -> "by leak, with currents given, of " + what);
    }

    private static void near(double size, float[] expected, float[] actual, String gradient, String what) {
        Agreement.within((i, value) -> 1e-5 * size, expected, actual, gradient, i -> "element " + i + " of " + what);
    }

    private static String describe(SpikingCase plain) {
        return plain.name() + " " + plain.shape() + " " + plain.kind() + " " + plain.scheme() + " " + plain.neurons().dialect();
    }
}
