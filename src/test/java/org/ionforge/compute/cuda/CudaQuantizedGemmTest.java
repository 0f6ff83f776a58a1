package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.QuantizedGemmArguments;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every tile of the quantised product, whatever tile the launcher would choose: the conformance tests see only the chosen ones.
class CudaQuantizedGemmTest {

    private static final ElementType[] KINDS = {ElementType.S8, ElementType.U8, ElementType.U32};

    /// Has every tile.
    private static final ComputeCapability HOPPER = new ComputeCapability(9, 0);

    static Stream<Arguments> tiles() {
        return Stream.of(GemmTile.values()).flatMap(
                tile -> Stream.of(Schedule.FORWARD, Schedule.REVERSE, new Schedule.Random(20261122)).map(s -> Arguments.of(tile, s)));
    }

    /// Ragged in every dimension, more stages than are kept, more than one tile; rows of whole chunks, and rows to be padded.
    @ParameterizedTest
    @MethodSource("tiles")
    void everyTileAgreesWithTheDefinition(GemmTile tile, Schedule schedule) {
        try (EmulatedDevice device = EmulatedDevice.open(schedule, HOPPER); CudaBackend cuda = new CudaBackend(device);
                Backend reference = Backends.named("reference")) {
            int checked = 0;
            long conflicts = device.bankConflicts();
            for (ElementType kind : KINDS) {
                for (Format format : Format.values()) {
                    if (device.has(tile.kernel(kind, format))) {
                        int inputs = (checked % 2 == 0 ? 640 : 611) / (tile == GemmTile.LARGE ? 2 : 1);
                        Operands operands = Operands.random(kind, format, 131 + 137 * checked % 200, inputs, 67 + 67 * checked % 100);
                        assertArrayEquals(operands.sums(reference, null), operands.sums(cuda, tile), tile + " " + operands.name());
                        checked++;
                    }
                }
            }
            assertTrue(checked >= 3, "kernels of that tile");
            assertEquals(conflicts, device.bankConflicts(), "matrix loads without bank conflicts");
        }
    }

    /// Generations without machine code of their own run the same kernels; a Hopper has more shared memory, an Ada less.
    @ParameterizedTest
    @MethodSource("capabilities")
    void everyGenerationFindsAKernel(ComputeCapability capability) {
        try (EmulatedDevice device = EmulatedDevice.open(Schedule.FORWARD, capability); CudaBackend cuda = new CudaBackend(device);
                Backend reference = Backends.named("reference")) {
            for (ElementType kind : KINDS) {
                for (int rows : new int[] {3, 70, 600}) {
                    Operands operands = Operands.random(kind, Format.INT4, rows, 80, 130);
                    assertArrayEquals(operands.sums(reference, null), operands.sums(cuda, null), operands.name());
                }
            }
        }
    }

    static Stream<ComputeCapability> capabilities() {
        return Stream.of(new ComputeCapability(8, 0), new ComputeCapability(8, 9), new ComputeCapability(9, 0),
                new ComputeCapability(10, 3), new ComputeCapability(12, 0), new ComputeCapability(13, 0));
    }

    /// Every cut: one span of steps, several with neurons that rest in between, one sample, several, a constant input.
    @ParameterizedTest
    @MethodSource("schedules")
    void neuronsDoNotDependOnTheCut(Schedule schedule) {
        try (EmulatedDevice device = EmulatedDevice.open(schedule); CudaBackend cuda = new CudaBackend(device);
                Backend reference = Backends.named("reference")) {
            for (Lif.Shape shape : List.of(new Lif.Shape(50, 3, 70), new Lif.Shape(140, 2, 40))) {
                for (boolean constant : new boolean[] {false, true}) {
                    Operands operands = Operands.random(ElementType.U32, Format.INT4, constant ? shape.batch() : shape.steps() * shape.batch(),
                            130, shape.neurons());
                    int[] expected = operands.spikes(reference, shape, constant, null);
                    int cuts = 0;
                    for (GemmTile tile : List.of(GemmTile.MEDIUM, GemmTile.SMALL)) {
                        for (NeuronTiling cut : NeuronTiling.of(tile, shape, constant)) {
                            assertArrayEquals(expected, operands.spikes(cuda, shape, constant, cut), cut.toString());
                            cuts++;
                        }
                    }
                    assertEquals(constant ? 2 : 16, cuts);
                    assertArrayEquals(expected, operands.spikes(cuda, shape, constant, null));
                }
            }
        }
    }

    /// Neurons behind every tile, of every kind of activation and weight: the widest spans and the narrowest, more outputs and more
    /// samples than a tile has, more stages than are kept.
    @ParameterizedTest
    @MethodSource("tilesWithNeurons")
    void neuronsRunBehindEveryTile(GemmTile tile, Schedule schedule) {
        try (EmulatedDevice device = EmulatedDevice.open(schedule, HOPPER); CudaBackend cuda = new CudaBackend(device);
                Backend reference = Backends.named("reference")) {
            int checked = 0;
            for (ElementType kind : KINDS) {
                for (Format format : Format.values()) {
                    if (device.has(tile.neuronKernel(kind, format))) {
                        boolean wide = checked % 2 == 1;
                        Lif.Shape shape = wide ? new Lif.Shape(9, tile == GemmTile.WARPGROUP ? 16 : 7, 259) : new Lif.Shape(150, 2, 33);
                        boolean constant = checked % 3 == 2;
                        Operands operands = Operands.random(kind, format, constant ? shape.batch() : shape.steps() * shape.batch(),
                                wide ? 131 : 600, shape.neurons());
                        int[] expected = operands.spikes(reference, shape, constant, null);
                        List<NeuronTiling> cuts = NeuronTiling.of(tile, shape, constant);
                        for (NeuronTiling cut : new HashSet<>(List.of(cuts.getFirst(), cuts.getLast()))) {
                            assertArrayEquals(expected, operands.spikes(cuda, shape, constant, cut), () -> operands.name() + " " + cut);
                        }
                        checked++;
                    }
                }
            }
            assertTrue(checked >= 3, "kernels of that tile");
        }
    }

    static Stream<Arguments> tilesWithNeurons() {
        return tiles().filter(each -> each.get()[0] != GemmTile.LARGE);
    }

    static Stream<Schedule> schedules() {
        return Stream.of(Schedule.FORWARD, Schedule.REVERSE, new Schedule.Random(20261122));
    }

    private record Operands(ElementType kind, Format format, int rows, int inputs, int outputs, byte[] activations, byte[] codes) {

        static Operands random(ElementType kind, Format format, int rows, int inputs, int outputs) {
            Random random = new Random(rows);
            byte[] activations = new byte[(int) (rows * QuantizedGemmArguments.rowElements(kind, inputs) * kind.bytes())];
            byte[] codes = new byte[(int) (outputs * format.rowBytes(inputs))];
            random.nextBytes(activations);
            random.nextBytes(codes);
            return new Operands(kind, format, rows, inputs, outputs, activations, codes);
        }

        /// @param tile one to use on CUDA; null for what the backend chooses
        int[] sums(Backend backend, GemmTile tile) {
            QuantizedGemm gemm = backend.quantizedGemm();
            try (Buffer a = backend.load(kind, MemorySegment.ofArray(activations));
                    Buffer q = backend.load(format.element(), MemorySegment.ofArray(codes));
                    PackedWeights weights = gemm.pack(format, q, outputs, inputs);
                    Buffer out = backend.allocate(ElementType.S32, (long) rows * outputs)) {
                if (tile == null) {
                    gemm.multiply(a, rows, weights, new QuantizedGemm.Sums(out));
                } else {
                    ((CudaQuantizedGemm) gemm).multiply(tile, a, rows, weights, new QuantizedGemm.Sums(out));
                }
                int[] sums = new int[rows * outputs];
                out.download(MemorySegment.ofArray(sums));
                return sums;
            }
        }

        /// Spikes and last membranes of snnTorch's neurons, synapse included.
        ///
        /// @param cut one to use on CUDA; null for what the backend chooses
        int[] spikes(Backend backend, Lif.Shape shape, boolean constant, NeuronTiling cut) {
            QuantizedGemm gemm = backend.quantizedGemm();
            float[] scale = new float[outputs];
            Arrays.fill(scale, 0.02f);
            try (Buffer a = backend.load(kind, MemorySegment.ofArray(activations));
                    Buffer q = backend.load(format.element(), MemorySegment.ofArray(codes));
                    PackedWeights weights = gemm.pack(format, q, outputs, inputs);
                    Buffer scales = backend.load(ElementType.F32, MemorySegment.ofArray(scale));
                    Buffer leak = backend.load(ElementType.F32, MemorySegment.ofArray(new float[] {0.9f}));
                    Buffer threshold = backend.load(ElementType.F32, MemorySegment.ofArray(new float[] {1}));
                    Buffer spikes = backend.allocate(ElementType.U32, shape.spikeWords());
                    Buffer last = backend.allocate(ElementType.F32, shape.cells())) {
                QuantizedGemm.Spiking epilogue = new QuantizedGemm.Spiking(scales, null, null,
                        new LifNeurons(LifDialect.snnTorchSynaptic(0.5f), leak, threshold, Surrogate.arctan(2)), shape.steps(), constant,
                        new Lif.Outputs(spikes, null, null, last));
                if (cut == null) {
                    gemm.multiply(a, rows, weights, epilogue);
                } else {
                    ((CudaQuantizedGemm) gemm).multiply(cut, a, rows, weights, epilogue);
                }
                int[] both = new int[(int) (shape.spikeWords() + shape.cells())];
                spikes.download(MemorySegment.ofArray(both).asSlice(0, 4 * shape.spikeWords()));
                last.download(MemorySegment.ofArray(both).asSlice(4 * shape.spikeWords()));
                return both;
            }
        }

        String name() {
            return rows + "×" + inputs + "×" + outputs + " " + kind + " by " + format;
        }
    }
}
