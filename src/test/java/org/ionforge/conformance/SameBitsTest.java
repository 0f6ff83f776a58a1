package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.Precision;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.Reductions;
import org.ionforge.compute.SpikingLinear.Input.Kind;
import org.ionforge.compute.SpikingLinear.Shape;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Ten runs of an operation give the same bits, sums of floats that do not come out even included; and a kernel gives
/// them in whatever order its blocks and lanes run. Numbers of threads are tested where they can be set.
class SameBitsTest {

    private static final int RUNS = 10;
    private static final Shape SHAPE = new Shape(6, 19, 45, 70);

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void neurons(Room room) {
        LifCase neurons = LifCase.random("runs", SHAPE.lif(), LifDialect.SNNTORCH_LEAKY, Surrogate.learnable(10), true, false, false, 1);
        tenTimes(() -> {
            LifCase.Forward forward = neurons.forward(room);
            LifCase.Backward back = neurons.backward(room);
            return bits(forward.spikes(), forward.counts(), forward.membrane(), forward.last(), back.currents(), back.leak(),
                    back.threshold(), back.slope(), back.offset());
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void layers(Room room) {
        for (Kind kind : Kind.values()) {
            SpikingCase layer = layer(kind);
            tenTimes(() -> bits(layer, room));
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void integerLayers(Room room) {
        QuantizedSpikesCase integers = QuantizedSpikesCase.random(ElementType.U32, Format.INT4, SHAPE.lif(), SHAPE.inputs(),
                LifDialect.IONFORGE, true, false, null, 2);
        tenTimes(() -> {
            LifCase.Forward forward = integers.forward(room);
            return bits(forward.spikes(), forward.counts(), forward.membrane(), forward.last());
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void gatedNetworks(Room room) {
        GatedMlpCase network = GatedMlpCase.random("runs", GatedMlpConformanceTest.PRIMES, 60, true, 0, 130, 6);
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            tenTimes(() -> {
                GatedMlpCase.Result result = network.on(room, precision);
                GatedMlp.Loss loss = result.loss();
                return bits(halves(loss.loss(), loss.huber(), loss.squaredError(), loss.varSunGate(), loss.varStormGate()), result.gradients(),
                        result.outputs()[0]);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void sums(Room room) {
        int n = 20_011;
        float[] x = new Inputs(7).uniform(n, -3, 2);
        float[] y = new Inputs(8).uniform(n, -1, 1);
        tenTimes(() -> Trial.on(room, trial -> {
            Buffer values = trial.input(x);
            Buffer gradient = trial.input(y);
            Reductions.Moments moments = trial.backend().reductions().moments(values, n);
            Buffer norm = trial.output(ElementType.F32, 1);
            trial.backend().gradientNorm().norm(List.of(values, gradient), norm);
            Buffer byStep = trial.output(ElementType.F32, 1);
            trial.backend().fakeQuantisation().stepGradients(values, gradient, Channels.tensor(n), QuantisationScheme.int8(),
                    FakeQuantisation.Scales.symmetric(trial.input(0.0137f)), FakeQuantisation.StepRule.LSQ, 1,
                    new FakeQuantisation.StepGradients(null, byStep, null));
            return bits(IntStream.concat(IntStream.of(halves(moments.sum(), moments.sumOfSquares())),
                    IntStream.of(halves(trial.backend().reductions().products(values, gradient, n)))).toArray(), trial.floats(norm, 1),
                    trial.floats(byStep, 1));
        }));
    }

    private static int[] halves(double... values) {
        return DoubleStream.of(values).mapToLong(Double::doubleToRawLongBits).flatMap(bits -> LongStream.of(bits, bits >>> 32))
                .mapToInt(half -> (int) half).toArray();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theOrderOfBlocksAndLanesDoesNotMatter(Kind kind) {
        SpikingCase layer = layer(kind);
        int[][] results = Room.all().stream().filter(room -> room.backendName().equals("emulator")).map(room -> bits(layer, room))
                .toArray(int[][]::new);
        for (int[] result : results) {
            assertArrayEquals(results[0], result);
        }
    }

    /// Weights and inputs whose products have to be rounded.
    private static SpikingCase layer(Kind kind) {
        Random random = new Random(3);
        LifCase neurons = LifCase.random("runs", SHAPE.lif(), LifDialect.IONFORGE, Surrogate.arctan(2), true, false, false, 4);
        SpikingCase plain = SpikingCase.random("runs", SHAPE, neurons, kind, false, QuantisationScheme.int8(), QuantisationScheme.int8(),
                11, 5);
        for (int i = 0; i < plain.input().length && kind != Kind.SPIKES; i++) {
            plain.input()[i] = random.nextFloat();
        }
        for (int i = 0; i < plain.weights().length; i++) {
            plain.weights()[i] = 2 * random.nextFloat() - 1;
        }
        return plain;
    }

    private static int[] bits(SpikingCase layer, Room room) {
        SpikingCase.Forward forward = layer.forward(room);
        SpikingCase.Backward back = layer.backward(room, null);
        return bits(forward.spikes(), forward.counts(), forward.membrane(), forward.last(), forward.currents(), forward.range(),
                back.weights(), back.bias(), back.leak(), back.threshold(), back.current(), back.input());
    }

    private static int[] bits(int[] words, float[]... others) {
        return IntStream.concat(IntStream.of(words), Stream.of(others).flatMapToInt(
                values -> IntStream.range(0, values.length).map(i -> Float.floatToRawIntBits(values[i])))).toArray();
    }

    private static void tenTimes(Supplier<int[]> operation) {
        int[] first = operation.get();
        for (int run = 2; run <= RUNS; run++) {
            assertArrayEquals(first, operation.get(), "run " + run);
        }
    }
}
