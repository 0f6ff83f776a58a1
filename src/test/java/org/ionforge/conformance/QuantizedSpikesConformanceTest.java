package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The quantised product with neurons behind it: spikes and membranes to the bit.
class QuantizedSpikesConformanceTest {

    /// One of everything; words that are full, short by one and over by one; steps beyond a tile of any room.
    private static final List<Lif.Shape> SHAPES = List.of(new Lif.Shape(1, 1, 1), new Lif.Shape(1, 70, 33), new Lif.Shape(7, 3, 31),
            new Lif.Shape(25, 6, 64), new Lif.Shape(150, 2, 10), new Lif.Shape(70, 1, 130));

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyShape(Room room) {
        int seed = 1;
        for (Lif.Shape shape : SHAPES) {
            for (ElementType kind : QuantizedGemmCase.KINDS) {
                Format format = Format.values()[seed % 3];
                int inputs = List.of(1, 37, 64, 160).get(seed % 4);
                compare(room, QuantizedSpikesCase.random(kind, format, shape, inputs, LifDialect.IONFORGE, seed % 2 == 0, false, null, seed));
                compare(room, QuantizedSpikesCase.random(kind, format, shape, inputs, LifDialect.SNNTORCH_LEAKY, false, true, null, seed));
                seed++;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyDialect(Room room) {
        Random random = new Random(2);
        for (LifDialect dialect : LifCase.dialects(20, 3)) {
            Lif.Shape shape = new Lif.Shape(1 + random.nextInt(140), 1 + random.nextInt(3), 1 + random.nextInt(40));
            ElementType kind = QuantizedGemmCase.KINDS[random.nextInt(3)];
            QuantisationScheme current = random.nextBoolean() ? QuantisationScheme.int4() : null;
            compare(room, QuantizedSpikesCase.random(kind, Format.INT8, shape, 20, dialect, random.nextBoolean(), random.nextInt(4) == 0,
                    current, random.nextInt()));
        }
    }

    /// Infinities and NaN of scales and biases stay with their neurons.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void awkwardScales(Room room) {
        QuantizedSpikesCase plain = QuantizedSpikesCase.random(ElementType.S8, Format.INT4, new Lif.Shape(9, 2, 45), 12,
                LifDialect.IONFORGE, true, false, null, 4);
        float[] awkward = {0, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
        compare(room, new QuantizedSpikesCase(plain.product(), plain.neurons(), new Inputs(5).mixed(45, 0, 0.01f, awkward),
                new Inputs(6).mixed(45, -1, 1, awkward), null, 0, false));
    }

    /// What the training layer computes with fake-quantised weights, where its sums are exact.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void agreesWithTheTrainingLayer(Room room) {
        Lif.Shape shape = new Lif.Shape(25, 3, 50);
        QuantizedSpikesCase integers = QuantizedSpikesCase.random(ElementType.U32, Format.INT4, shape, 96, LifDialect.SINABS_LIF, true,
                false, QuantisationScheme.int8(), 7);
        LifCase.Forward expected = integers.forward(room);
        assertTrue(Arrays.stream(expected.spikes()).anyMatch(word -> word != 0), "some spikes");
        int[] spikes = Trial.on(room, trial -> {
            float[] weights = new float[50 * 96];
            for (int i = 0; i < weights.length; i++) {
                int code = integers.product().codes()[i / 2] << 28 - 4 * (i % 2) >> 28;
                weights[i] = code * integers.scale()[i / 96];
            }
            Buffer out = trial.output(ElementType.U32, (int) shape.spikeWords());
            SpikingLinear.Weights fake = new SpikingLinear.Weights(trial.input(weights),
                    integers.bias() == null ? null : trial.input(integers.bias()),
                    new SpikingLinear.Quantisation(QuantisationScheme.int4(), trial.input(integers.scale()), true));
            trial.backend().spikingLinear().forward(new SpikingLinear.Shape(25, 3, 96, 50),
                    new SpikingLinear.Layer(fake, new SpikingLinear.Quantisation(QuantisationScheme.int8(), trial.input(integers.currentScale()),
                            true), integers.neurons().neurons(trial)),
                    SpikingLinear.Input.spikes(trial.input(ElementType.U32, integers.product().activations())),
                    new SpikingLinear.Outputs(new Lif.Outputs(out, null, null, null), null, null));
            return trial.ints(out, (int) shape.spikeWords());
        });
        assertArrayEquals(expected.spikes(), spikes);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void givesWhatIsAskedForAndRefusesWhatDoesNotFit(Room room) {
        QuantizedSpikesCase plain = QuantizedSpikesCase.random(ElementType.S8, Format.INT2, new Lif.Shape(6, 2, 40), 33,
                LifDialect.SPYX_LIF, false, false, null, 8);
        LifCase.Forward expected = plain.forward(Room.reference());
        Trial.on(room, trial -> {
            Lif.Outputs last = new Lif.Outputs(null, null, null, trial.output(ElementType.F32, 80));
            plain.product().multiply(trial, plain.epilogue(trial, last));
            Agreement.within((i, value) -> 0, expected.last(), trial.floats(last.lastMembrane(), 80), "last membrane", i -> plain.toString());
            QuantizedGemm gemm = trial.backend().quantizedGemm();
            Buffer activations = trial.input(ElementType.S8, plain.product().activations());
            try (PackedWeights weights = gemm.pack(Format.INT2, trial.input(ElementType.U8, plain.product().codes()), 40, 33)) {
                gemm.multiply(activations, 0, weights, plain.epilogue(trial, last));
                refused("11 rows are no whole number of 6 steps", () -> gemm.multiply(activations, 11, weights, plain.epilogue(trial, last)));
                refused("no output", () -> gemm.multiply(activations, 12, weights,
                        plain.epilogue(trial, new Lif.Outputs(null, null, null, null))));
                refused("counts must hold 80 F32", () -> gemm.multiply(activations, 12, weights,
                        plain.epilogue(trial, new Lif.Outputs(null, trial.output(ElementType.F32, 1), null, null))));
                LifNeurons few = new LifNeurons(LifDialect.IONFORGE, trial.input(1f, 1f), trial.input(1f), Surrogate.arctan(2));
                refused("leak must hold 40 F32", () -> gemm.multiply(activations, 12, weights,
                        new QuantizedGemm.Spiking(trial.input(plain.scale()), null, null, few, 6, false, last)));
            }
            return null;
        });
    }

    private static void refused(String what, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(what), message);
    }

    private static void compare(Room room, QuantizedSpikesCase plain) {
        LifCase.Forward expected = plain.forward(Room.reference());
        LifCase.Forward actual = plain.forward(room);
        assertArrayEquals(expected.spikes(), actual.spikes(), () -> "spikes of " + plain);
        assertArrayEquals(expected.counts(), actual.counts(), () -> "counts of " + plain);
        Agreement.within((i, value) -> 0, expected.membrane(), actual.membrane(), "membrane", i -> "element " + i + " of " + plain);
        Agreement.within((i, value) -> 0, expected.last(), actual.last(), "last membrane", i -> "cell " + i + " of " + plain);
        assertEquals(expected.last().length, actual.last().length);
    }
}
