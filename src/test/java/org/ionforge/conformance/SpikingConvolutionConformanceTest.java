package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatheredConvolution;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Patches;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.SpikingConvolution;
import org.ionforge.compute.SpikingConvolution.Shape;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Input.Kind;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every room's convolution beside its own operations one behind the other, to the bit, and forward beside the definition's. Those operations have
/// conformance tests of their own.
class SpikingConvolutionConformanceTest {

    /// Pools, padding, strides that leave out what they pass, kernels as wide as the map; runs of one float and of more than a tile of a product; images
    /// that end within a block of samples; more inputs than a block of a product's depth; more neurons than a group.
    private static final List<Shape> SHAPES = List.of(new Shape(1, new Patches.Shape(1, 1, 1, 1, 1, 1, 1, 1, 0), 1),
            new Shape(3, new Patches.Shape(2, 6, 7, 1, 1, 3, 3, 1, 0), 5), new Shape(2, new Patches.Shape(3, 7, 6, 12, 2, 2, 2, 1, 0), 33),
            new Shape(4, new Patches.Shape(2, 9, 11, 3, 2, 3, 2, 2, 1), 13), new Shape(2, Patches.Shape.whole(5, 4, 6, 20, 2), 10),
            new Shape(2, new Patches.Shape(2, 5, 5, 70, 1, 2, 2, 3, 1), 17), new Shape(3, new Patches.Shape(1, 10, 3, 7, 1, 4, 3, 1, 0), 7),
            new Shape(2, new Patches.Shape(1, 2, 3, 1, 1, 2, 3, 1, 1), 131));

    /// Maps, which are multiples of 2⁻⁶ up to 1, with a layer and what comes back to it.
    ///
    /// @param layer on the rows; its own input is not looked at
    private record Case(Shape shape, Kind kind, SpikingCase layer, float[] values, int[] spikes) {

        static Case random(Shape shape, Kind kind, QuantisationScheme scheme, QuantisationScheme current, long seed) {
            Random random = new Random(seed);
            SpikingLinear.Shape linear = shape.linear();
            LifCase neurons = LifCase.random("convolution", linear.lif(), random.nextBoolean() ? LifDialect.IONFORGE : LifDialect.SNNTORCH_LEAKY,
                    Surrogate.arctan(2), false, false, true, seed);
            SpikingCase layer = SpikingCase.random("convolution", linear, neurons, kind == Kind.CONSTANT ? kind : Kind.SEQUENCE, false, scheme, current,
                    random.nextInt(2) * 3, seed);
            Patches.Shape maps = shape.patches(new SpikingLinear.Input(kind, null));
            int[] spikes = random.ints(maps.mapElements(ElementType.U32)).map(word -> word & random.nextInt()).toArray();
            float[] values = new float[Math.toIntExact(maps.mapElements(ElementType.F32))];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(-32, 65) * 0x1p-6f;
            }
            return new Case(shape, kind, layer, values, spikes);
        }

        private SpikingLinear.Input maps(Trial trial) {
            return new SpikingLinear.Input(kind, kind == Kind.SPIKES ? trial.input(ElementType.U32, spikes) : trial.input(values));
        }

        /// Spikes, then all floats that forward writes.
        List<int[]> forward(Trial trial, SpikingConvolution convolution) {
            SpikingLinear.Shape linear = shape.linear();
            SpikingLinear.Input maps = maps(trial);
            int[] sizes = {(int) linear.lif().cells(), (int) linear.lif().elements(), (int) linear.lif().cells(), (int) linear.rows(maps) * linear.neurons(), 2};
            List<Buffer> floats = outputs(trial, sizes);
            int words = (int) linear.lif().spikeWords();
            Buffer out = trial.output(ElementType.U32, words);
            convolution.forward(shape, layer.layer(trial), maps, new SpikingLinear.Outputs(new Lif.Outputs(out, floats.get(0), floats.get(1), floats.get(2)),
                    floats.get(3), floats.get(4)));
            List<int[]> results = new ArrayList<>(List.of(trial.ints(out, words)));
            results.addAll(bits(trial, floats, sizes));
            return results;
        }

        /// All gradients, after a forward.
        ///
        /// @param kept currents as forward wrote them; null to have them computed again
        List<int[]> backward(Trial trial, SpikingConvolution convolution, int[] kept) {
            SpikingLinear.Shape linear = shape.linear();
            SpikingLinear.Input maps = maps(trial);
            int[] sizes = {linear.neurons() * linear.inputs(), linear.neurons(), layer.neurons().leak().length, layer.neurons().threshold().length,
                (int) linear.rows(maps) * linear.neurons(), (int) shape.patches(maps).mapElements(ElementType.F32)};
            List<Buffer> to = outputs(trial, sizes);
            Buffer currents = kept == null ? null : trial.input(floats(kept));
            convolution.backward(shape, layer.layer(trial), maps, currents, layer.upstream(trial), new SpikingLinear.Gradients(to.get(0), to.get(1),
                    new Lif.Gradients(to.get(2), to.get(3), null, null), to.get(4), to.get(5)));
            return bits(trial, to, sizes);
        }

        private static List<Buffer> outputs(Trial trial, int[] sizes) {
            return Arrays.stream(sizes).mapToObj(n -> trial.output(ElementType.F32, n)).toList();
        }

        private static List<int[]> bits(Trial trial, List<Buffer> from, int[] sizes) {
            return IntStream.range(0, sizes.length).mapToObj(i -> {
                float[] values = trial.floats(from.get(i), sizes[i]);
                return IntStream.range(0, values.length).map(j -> Float.floatToRawIntBits(values[j])).toArray();
            }).toList();
        }

        private static float[] floats(int[] bits) {
            float[] values = new float[bits.length];
            for (int i = 0; i < bits.length; i++) {
                values[i] = Float.intBitsToFloat(bits[i]);
            }
            return values;
        }

        /// All results of a room: forward, then backward with currents kept, then without.
        ///
        /// @param convolutions where they come from; one of them does all cases
        static List<List<int[]>> all(Room room, List<Case> cases, Function<Backend, SpikingConvolution> convolutions) {
            return Trial.on(room, trial -> {
                List<List<int[]>> results = new ArrayList<>();
                try (SpikingConvolution convolution = convolutions.apply(trial.backend())) {
                    for (Case each : cases) {
                        List<int[]> forward = each.forward(trial, convolution);
                        results.add(forward);
                        results.add(each.backward(trial, convolution, forward.get(4)));
                        results.add(each.backward(trial, convolution, null));
                    }
                }
                return results;
            });
        }
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Shape shape : SHAPES) {
            for (Kind kind : Kind.values()) {
                int seed = cases.size();
                cases.add(Case.random(shape, kind, seed % 3 == 0 ? QuantisationScheme.int8() : null, seed % 4 == 1 ? QuantisationScheme.int8() : null, seed));
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theOperationsOneBehindTheOther(Room room) {
        List<Case> cases = cases();
        List<List<int[]>> expected = Case.all(room, cases, GatheredConvolution::new);
        List<List<int[]>> actual = Case.all(room, cases, Backend::spikingConvolution);
        for (int i = 0; i < expected.size(); i++) {
            String what = List.of("forward", "backward", "backward without currents").get(i % 3) + " of " + cases.get(i / 3).shape() + " " + cases.get(i / 3).kind();
            for (int output = 0; output < expected.get(i).size(); output++) {
                assertArrayEquals(expected.get(i).get(output), actual.get(i).get(output), "output " + output + ", " + what);
            }
        }
    }

    /// Sums of these numbers are exact.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void spikesOfTheDefinition(Room room) {
        for (Case each : cases()) {
            List<int[]> expected = Trial.on(Room.reference(), trial -> forward(each, trial));
            List<int[]> actual = Trial.on(room, trial -> forward(each, trial));
            assertArrayEquals(expected.get(0), actual.get(0), () -> "spikes of " + each.shape() + " " + each.kind());
            assertArrayEquals(expected.get(4), actual.get(4), () -> "currents of " + each.shape() + " " + each.kind());
        }
    }

    private static List<int[]> forward(Case each, Trial trial) {
        try (SpikingConvolution convolution = trial.backend().spikingConvolution()) {
            return each.forward(trial, convolution);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            Shape shape = new Shape(2, new Patches.Shape(3, 4, 4, 5, 2, 2, 2, 1, 0), 7);
            Buffer one = trial.input(1f);
            LifNeurons neurons = new LifNeurons(LifDialect.IONFORGE, one, one, Surrogate.arctan(2));
            SpikingLinear.Layer layer = new SpikingLinear.Layer(new SpikingLinear.Weights(trial.input(new float[140]), null, null), null, neurons);
            SpikingLinear.Outputs outputs = new SpikingLinear.Outputs(new Lif.Outputs(trial.output(ElementType.U32, 6), null, null, null), null, null);
            SpikingLinear.Input spikes = SpikingLinear.Input.spikes(trial.input(ElementType.U32, new int[96]));
            try (SpikingConvolution convolution = trial.backend().spikingConvolution()) {
                String few = assertThrows(IllegalArgumentException.class, () -> convolution.forward(shape, layer,
                        SpikingLinear.Input.spikes(trial.input(ElementType.U32, new int[95])), outputs)).getMessage();
                assertTrue(few.contains("maps must hold 96 U32"), few);
                convolution.forward(shape, layer, spikes, outputs);
                SpikingLinear.Upstream upstream = new SpikingLinear.Upstream(new Lif.Upstream(trial.input(new float[42]), null, null, null), null);
                String gradient = assertThrows(IllegalArgumentException.class, () -> convolution.backward(shape, layer, spikes, null, upstream,
                        new SpikingLinear.Gradients(null, null, Lif.Gradients.NONE, null, trial.input(new float[479])))).getMessage();
                assertTrue(gradient.contains("480 F32"), gradient);
            }
            assertThrows(IllegalArgumentException.class, () -> new Shape(0, shape.patches(), 7));
            return null;
        });
    }
}
