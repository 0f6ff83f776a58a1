package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.Surrogate;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.data.IdxImages;
import org.ionforge.spiking.data.MnistPackage;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.integer.InputForm;
import org.ionforge.spiking.integer.IntegerNetwork;
import org.ionforge.spiking.integer.QuantisedModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The integer engine gives the spikes of the fake-quantised forward: all layers, all steps, in every room.
class IntegerNetworkConformanceTest {

    private static final InputForm CODES = new InputForm.Codes();
    private static final InputForm BITS = new InputForm.Encoded("rate", 1);

    /// A network, and how it is quantised.
    private record Case(String network, int steps, int samples, InputForm input, QuantisationScheme weights, QuantisationScheme current,
                        LifDialect dialect, float leak, Readout readout, boolean each, StateLevels state, long seed) {

        NetworkOptions options() {
            return new NetworkOptions(NetworkShape.parse(network), steps, dialect, leak, 1, false, false, Surrogate.fastSigmoid(25), readout, 1);
        }

        byte[] codes() {
            byte[] codes = new byte[samples * options().shape().inputs()];
            new Random(seed).nextBytes(codes);
            return codes;
        }

        /// Every bit at random; those past the last channel may be anything.
        int[] bits() {
            NetworkShape.Image in = options().shape().input();
            return new Random(seed).ints((long) steps * samples * in.positions() * Math.ceilDiv(in.channels(), 32)).toArray();
        }
    }

    private record Answer(QuantisedModel model, List<int[]> fake, List<int[]> integer, float[] scores) {
    }

    static Stream<Case> cases() {
        List<QuantisationScheme> schemes = List.of(QuantisationScheme.int8(), QuantisationScheme.int8Narrow(), QuantisationScheme.int4(),
                QuantisationScheme.int2(), QuantisationScheme.ternary());
        List<Case> cases = new ArrayList<>();
        for (QuantisationScheme scheme : schemes) {
            for (InputForm input : List.of(CODES, BITS)) {
                long seed = cases.size();
                cases.add(new Case("67-37-5", 7, 3, input, scheme, seed % 2 == 0 ? QuantisationScheme.int8() : null, LifDialect.IONFORGE, 0.95f,
                        seed % 3 == 0 ? Readout.MEMBRANE : Readout.COUNT, seed % 4 < 2, null, seed));
            }
        }
        cases.add(new Case("31-64-33-3", 5, 2, CODES, QuantisationScheme.int8(), QuantisationScheme.int4(), LifDialect.SNNTORCH_LEAKY, 0.9f, Readout.COUNT, false, null, 20));
        cases.add(new Case("40-33-2", 6, 2, BITS, QuantisationScheme.int4(), null, LifDialect.SPIKINGJELLY_LIF_NODE, 2, Readout.COUNT, false, null, 21));
        cases.add(new Case("1-1", 1, 1, CODES, QuantisationScheme.int8(), null, LifDialect.IONFORGE, 0.9f, Readout.COUNT, false, null, 22));
        cases.add(new Case("9x8x1-c5k3-p2-c33k2-4", 4, 2, CODES, QuantisationScheme.int8(), QuantisationScheme.int8(), LifDialect.IONFORGE, 0.95f, Readout.COUNT, false, null, 23));
        cases.add(new Case("7x7x3-c4k3s2z1-c32k2-p2-6", 3, 3, CODES, QuantisationScheme.int4(), null, LifDialect.IONFORGE, 0.95f, Readout.COUNT, true, null, 24));
        cases.add(new Case("6x5x2-p2-c3k2-7", 4, 2, BITS, QuantisationScheme.ternary(), null, LifDialect.IONFORGE, 0.95f, Readout.MEMBRANE, false, null, 25));
        cases.add(new Case("67-37-5", 7, 3, CODES, QuantisationScheme.int4(), QuantisationScheme.int8(), LifDialect.IONFORGE, 0.95f, Readout.COUNT, false,
                StateLevels.uniform(4, 0, 0.2f), 26));
        cases.add(new Case("67-37-5", 7, 3, BITS, QuantisationScheme.int4(), null, LifDialect.IONFORGE.subtracting(), 0.9f, Readout.MEMBRANE, true,
                StateLevels.thresholdCentred(4, 0, 0.5f), 27));
        cases.add(new Case("67-37-5", 7, 3, CODES, QuantisationScheme.int4(), null, LifDialect.MINT, 0.5f, Readout.COUNT, false, StateLevels.mint(8, 0x1p-5f), 28));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void spikesAreThoseOfTheFakeQuantisedForward(Case each) {
        Answer definition = null;
        for (Room room : Room.all()) {
            Answer answer = answer(room, each);
            for (int layer = 0; layer < answer.fake.size(); layer++) {
                assertTrue(answer.model.largestSum(layer) < QuantisedModel.EXACT, "sums of layer " + layer);
                assertArrayEquals(answer.fake.get(layer), answer.integer.get(layer), room + ", layer " + layer);
            }
            definition = definition == null ? answer : definition;
            assertEquals(definition.model, answer.model, "the codes in room " + room);
            for (int layer = 0; layer < answer.fake.size(); layer++) {
                assertArrayEquals(definition.integer.get(layer), answer.integer.get(layer), room + ", layer " + layer);
            }
            assertArrayEquals(definition.scores, answer.scores, "scores in room " + room);
        }
        if (!each.network.equals("1-1")) {
            for (int[] spikes : definition.integer) {
                int set = Arrays.stream(spikes).map(Integer::bitCount).sum();
                assertTrue(set > 0 && set < 0.9 * 32 * spikes.length, set + " spikes show nothing");
            }
        }
    }

    private static Answer answer(Room room, Case each) {
        return Trial.on(room, trial -> {
            FakeQuantisedNetwork network = FakeQuantisedNetwork.random(trial, each.options(), each.input, each.weights, each.current, each.each, each.seed).rounded(each.state);
            QuantisedModel model = network.converted();
            boolean codes = each.input == CODES;
            List<int[]> fake = network.forward(codes ? each.codes() : null, codes ? null : each.bits(), each.samples);
            try (IntegerNetwork integer = new IntegerNetwork(trial.backend(), model, each.samples + 1)) {
                integer.forward(codes ? trial.input(ElementType.U8, each.codes()) : trial.input(ElementType.U32, each.bits()), each.samples);
                List<int[]> spikes = new ArrayList<>();
                for (int layer = 0; layer < fake.size(); layer++) {
                    spikes.add(head(integer.spikes(layer), fake.get(layer).length));
                }
                int scores = each.samples * model.shape().outputs();
                return new Answer(model, fake, spikes, floats(integer.scores(), scores));
            }
        });
    }

    private static int[] head(Buffer words, int length) {
        try (Arena arena = Arena.ofConfined()) {
            var host = arena.allocate(4L * length);
            words.download(host);
            return host.toArray(ValueLayout.JAVA_INT);
        }
    }

    private static float[] floats(Buffer values, int length) {
        try (Arena arena = Arena.ofConfined()) {
            var host = arena.allocate(4L * length);
            values.download(host);
            return host.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /// A threshold moved by a tenth, or one code, and the spikes are others: the comparison above sees something.
    @Test
    void anotherModelGivesOtherSpikes() {
        Case each = cases().findFirst().orElseThrow();
        Trial.on(Room.reference(), trial -> {
            QuantisedModel model = FakeQuantisedNetwork.random(trial, each.options(), each.input, each.weights, each.current, each.each, each.seed).rounded(each.state).converted();
            QuantisedModel other = FakeQuantisedNetwork.random(trial, each.options(), each.input, QuantisationScheme.int4(), each.current, each.each, each.seed).converted();
            BiFunction<QuantisedModel, Integer, int[]> run = (network, layer) -> {
                try (IntegerNetwork integer = new IntegerNetwork(trial.backend(), network, each.samples)) {
                    integer.forward(trial.input(ElementType.U8, each.codes()), each.samples);
                    return head(integer.spikes(layer), each.steps * each.samples * 2);
                }
            };
            assertArrayEquals(run.apply(model, 0), run.apply(model, 0));
            assertNotEquals(Arrays.toString(run.apply(model, 0)), Arrays.toString(run.apply(other, 0)));
            return null;
        });
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Case each = cases().findFirst().orElseThrow();
        Trial.on(Room.reference(), trial -> {
            QuantisedModel model = FakeQuantisedNetwork.random(trial, each.options(), each.input, each.weights, each.current, each.each, 1).converted();
            assertThrows(IllegalArgumentException.class, () -> new IntegerNetwork(trial.backend(), model, 0));
            try (IntegerNetwork integer = new IntegerNetwork(trial.backend(), model, 2)) {
                Buffer input = trial.input(ElementType.U8, each.codes());
                assertThrows(IllegalArgumentException.class, () -> integer.forward(input, 3));
                assertThrows(IllegalArgumentException.class, () -> integer.forward(input, 0));
                assertThrows(IllegalArgumentException.class, () -> integer.forward(trial.input(ElementType.U8, new byte[100]), 2));
            }
            return null;
        });
    }

    enum Bits { EIGHT, FOUR, TWO }

    /// 10,000 images through 784-1000-10 at T = 25: 252,500,000 spikes or none, all of them equal. In a process that has but the
    /// reference or an emulated device, the first 500.
    @ParameterizedTest
    @EnumSource
    @EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+", disabledReason = "IONFORGE_DATA names no folder with mnist/")
    void allSpikesOfTenThousandImagesAgree(Bits bits) {
        QuantisationScheme weights = switch (bits) {
            case EIGHT -> QuantisationScheme.int8();
            case FOUR -> QuantisationScheme.int4();
            case TWO -> QuantisationScheme.ternary();
        };
        Room room = Room.all().stream().filter(each -> List.of("cuda", "cpu").contains(each.backendName())).findFirst().orElseGet(Room::reference);
        int batch = 500;
        try (Arena arena = Arena.ofShared()) {
            Path folder = MnistPackage.locate(List.of(Path.of(System.getenv("IONFORGE_DATA"))), note -> { });
            ValueSamples images = IdxImages.testing(folder, 10, arena);
            int shown = isFast(room) ? images.size() : batch;
            for (int first = 0; first < shown; first += batch) {
                byte[] codes = new byte[batch * 784];
                for (int i = 0; i < codes.length; i++) {
                    codes[i] = (byte) InputForm.code(images.value(first + i / 784, i % 784));
                }
                assertSameSpikes(room, weights, codes, batch);
            }
        }
    }

    private static boolean isFast(Room room) {
        return !room.backendName().equals("reference") && !Trial.on(room, trial -> trial.backend().description()).contains("emulated");
    }

    private static void assertSameSpikes(Room room, QuantisationScheme weights, byte[] codes, int batch) {
        Trial.on(room, trial -> {
            FakeQuantisedNetwork network = FakeQuantisedNetwork.random(trial, NetworkOptions.of(NetworkShape.parse("784-1000-10"), 25), CODES, weights,
                    QuantisationScheme.int8(), false, 1);
            List<int[]> fake = network.forward(codes, null, batch);
            try (IntegerNetwork integer = new IntegerNetwork(trial.backend(), network.converted(), batch)) {
                integer.forward(trial.input(ElementType.U8, codes), batch);
                for (int layer = 0; layer < fake.size(); layer++) {
                    assertArrayEquals(fake.get(layer), head(integer.spikes(layer), fake.get(layer).length), "layer " + layer);
                }
            }
            return null;
        });
    }
}
