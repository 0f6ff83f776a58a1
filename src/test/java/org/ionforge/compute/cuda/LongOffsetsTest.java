package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Bf16;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.FakeQuantisation.StepRule;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.Surrogate;
import org.ionforge.compute.Untouched;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Offsets past 2³¹ elements, in kernels: rows that lie so far apart, in memory of which only they are ever touched. What a kernel
/// makes of them is what it makes of the same rows beside each other. An offset that lost its upper half would fall among zeros.
class LongOffsetsTest {

    /// Elements between two rows: the third starts at 2³¹, and more.
    private static final long APART = (1L << 30) + 64;
    private static final long MARGIN = 1L << 36;

    private final Random random = new Random(31);
    private final List<Buffer> buffers = new ArrayList<>();
    private EmulatedDevice device;
    private CudaBackend backend;
    private Untouched pages;
    private long used;

    @BeforeEach
    void open() {
        device = EmulatedDevice.open(Schedule.FORWARD);
        backend = new CudaBackend(device);
        pages = new Untouched(1L << 40);
        used = MARGIN;
    }

    @AfterEach
    void close() {
        buffers.forEach(Buffer::close);
        assertEquals(0, backend.liveBuffers());
        backend.close();
        assertEquals(0, device.liveAllocations());
        pages.close();
    }

    /// Rows of floats, `stride` elements from one to the next.
    private final class Rows {
        final ElementType type;
        final int count;
        final int width;
        final long stride;
        final MemorySegment memory;

        Rows(ElementType type, int count, int width, long stride) {
            this.type = type;
            this.count = count;
            this.width = width;
            this.stride = stride;
            long bytes = (count * stride + width) * type.bytes();
            memory = pages.memory().asSlice(used, bytes);
            used += bytes + 4096 - bytes % 256;
            assertTrue(used < pages.memory().byteSize() - MARGIN);
        }

        Rows with(float... values) {
            for (int i = 0; i < values.length; i++) {
                long at = i / width * stride + i % width;
                switch (type) {
                    case F32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, at, values[i]);
                    case BF16 -> memory.setAtIndex(ValueLayout.JAVA_SHORT, at, Bf16.of(values[i]));
                    default -> memory.setAtIndex(ValueLayout.JAVA_INT, at, (int) (values[i] * Integer.MAX_VALUE));
                }
            }
            return this;
        }

        /// The bits of every element.
        int[] read() {
            int[] bits = new int[count * width];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = memory.getAtIndex(ValueLayout.JAVA_INT, i / width * stride + i % width);
            }
            return bits;
        }

        DevicePointer at() {
            return new DevicePointer(memory.address());
        }
    }

    private Buffer of(float... values) {
        return uploaded(ElementType.F32, MemorySegment.ofArray(values));
    }

    private Buffer uploaded(ElementType type, MemorySegment values) {
        Buffer buffer = backend.allocate(type, values.byteSize() / type.bytes());
        buffer.upload(values);
        buffers.add(buffer);
        return buffer;
    }

    private float[] uniform(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    /// Some of the operands far apart, or all beside each other.
    @FunctionalInterface
    private interface Run {
        /// @param apart elements between rows of a width
        List<Rows> with(Stride apart);
    }

    @FunctionalInterface
    private interface Stride {
        long of(int width);
    }

    private static void sameFarApart(Run run) {
        List<Rows> near = run.with(width -> width);
        List<Rows> far = run.with(_ -> APART);
        for (int i = 0; i < near.size(); i++) {
            assertTrue(Arrays.stream(near.get(i).read()).anyMatch(bits -> bits != 0), "result " + i + " is something");
            assertArrayEquals(near.get(i).read(), far.get(i).read(), "result " + i);
        }
    }

    /// The last neurons of a wide layer: rows of samples and of steps are as wide as the layer.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void neurons(boolean common) {
        int count = 40;
        LifDialect dialect = common ? LifDialect.IONFORGE : LifDialect.snnTorchSynaptic(0.5f);
        float[] currents = uniform(6 * count);
        float[] bySpikes = uniform(6 * count);
        Buffer leak = of(0.9f);
        Buffer threshold = of(0.7f);
        LifNeurons neurons = new LifNeurons(dialect, leak, threshold, Surrogate.arctan(2));
        sameFarApart(apart -> {
            int first = Math.toIntExact((apart.of(count) - count) / 32 * 32);
            Lif.Shape shape = new Lif.Shape(3, 2, first + count);
            LifLaunch launch = new LifLaunch(device, shape, neurons, first, count);
            Rows in = new Rows(ElementType.F32, 6, count, shape.neurons()).with(currents);
            LifLaunch.Currents flow = new LifLaunch.Currents(in.at(), ElementType.F32, shape.cells(), shape.neurons(), null);
            Rows words = new Rows(ElementType.U32, 6, 2, shape.words());
            Rows membrane = new Rows(ElementType.F32, 6, count, shape.neurons());
            launch.forward(flow, new Lif.Outputs(before(words, first / 32), null, before(membrane, first), null));
            Rows upstream = new Rows(ElementType.F32, 6, count, shape.neurons()).with(bySpikes);
            Rows byCurrent = new Rows(ElementType.F32, 6, count, shape.neurons());
            try (DeviceScratch scratch = new DeviceScratch(device)) {
                scratch.begin(launch.backwardBytes(), LifLaunch.BACKWARD_PIECES);
                launch.backward(flow, new Lif.Upstream(before(upstream, first), null, before(membrane, first), null), null,
                        new LifLaunch.CurrentGradient(byCurrent.at(), null, shape.cells(), shape.neurons()), Lif.Gradients.NONE, scratch);
            }
            return List.of(words, membrane, byCurrent);
        });
    }

    /// A buffer of which the rows begin with element `first`.
    private DeviceBuffer before(Rows rows, long first) {
        return new DeviceBuffer(device, rows.type, first + rows.count * rows.stride,
                new DevicePointer(rows.memory.address() - first * rows.type.bytes()));
    }

    @ParameterizedTest
    @EnumSource(value = ElementType.class, names = {"F32", "BF16", "U32"})
    void layers(ElementType type) {
        int kind = type == ElementType.F32 ? 0 : type == ElementType.BF16 ? 1 : 2;
        int width = type == ElementType.U32 ? 1 : 20;
        float[] inputs = uniform(6 * width);
        Buffer codes = of(uniform(33 * 20));
        Buffer leak = of(0.9f);
        Buffer threshold = of(4);
        sameFarApart(apart -> {
            Rows x = new Rows(type, 6, width, apart.of(width)).with(inputs);
            Rows currents = new Rows(ElementType.F32, 6, 33, apart.of(33));
            device.launch("spiking_linear_currents_f32", SpikingLinearLaunch.tiles(6, 33, false), x.at(), kind, x.stride, codes,
                    DevicePointer.NULL, DevicePointer.NULL, currents.at(), currents.stride, 6L, 20, 33, 0);
            Rows spikes = new Rows(ElementType.U32, 6, 2, apart.of(2));
            device.launch("spiking_linear_forward_f32", SpikingLinearLaunch.tiles(2, 33, false), x.at(), kind, x.stride, 0, codes,
                    DevicePointer.NULL, DevicePointer.NULL, DevicePointer.NULL, 0, 0, leak, threshold, 3, LifDialect.IONFORGE.code(), 0f, 0f,
                    spikes.at(), spikes.stride, 3, 2, 20, 33, 0);
            Rows partial = new Rows(ElementType.F32, 33, 21, 21);
            device.launch("spiking_linear_weight_gradient_f32", SpikingLinearLaunch.tiles(33, 21, true), currents.at(), currents.stride,
                    x.at(), kind, x.stride, partial.at(), 6L, 20, 33, 6L);
            return List.of(currents, spikes, partial);
        });
    }

    @Test
    void inputGradients() {
        float[] gradients = uniform(6 * 5);
        float[] weights = uniform(5 * 33);
        sameFarApart(apart -> {
            Rows g = new Rows(ElementType.F32, 6, 5, apart.of(5)).with(gradients);
            Rows v = new Rows(ElementType.F32, 5, 33, apart.of(33)).with(weights);
            Rows out = new Rows(ElementType.F32, 6, 33, apart.of(33));
            device.launch("spiking_linear_input_gradient_f32", SpikingLinearLaunch.tiles(6, 33, true), g.at(), g.stride, v.at(), v.stride,
                    out.at(), out.stride, 0, 6L, 5, 33);
            return List.of(out);
        });
    }

    /// Bytes of activations, 16 a row.
    @Test
    void integerProducts() {
        byte[] codes = new byte[33 * 64];
        random.nextBytes(codes);
        float[] activations = uniform(6 * 16);
        Buffer q = uploaded(ElementType.S8, MemorySegment.ofArray(codes));
        Buffer packed = uploaded(ElementType.U32, MemorySegment.ofArray(new int[(int) CudaQuantizedGemm.packedWords(Format.INT8, 33, 64)]));
        try (CudaQuantizedGemm gemm = new CudaQuantizedGemm(backend)) {
            gemm.pack(Format.INT8, q, 33, 64, packed);
        }
        for (GemmTile tile : List.of(GemmTile.LARGE, GemmTile.MEDIUM, GemmTile.SMALL)) {
            sameFarApart(apart -> {
                Rows a = new Rows(ElementType.U32, 6, 16, apart.of(16)).with(activations);
                Rows sums = new Rows(ElementType.S32, 6, 33, 33);
                Grid grid = Grid.of(Math.toIntExact(tile.tilesOf(6, 33)), tile.threads())
                        .withShared(tile.sharedBytes(ElementType.S8, Format.INT8));
                device.launch(tile.kernel(ElementType.S8, Format.INT8), grid, a.at(), a.stride * Integer.BYTES, packed, 6, 33, 1, 0,
                        DevicePointer.NULL, DevicePointer.NULL, 0f, 0f, 0f, sums.at());
                return List.of(sums);
            });
        }
    }

    @Test
    void channels() {
        float[] values = uniform(3 * 37);
        float[] gradients = uniform(3 * 37);
        QuantisationScheme scheme = QuantisationScheme.int8().perChannel();
        FakeQuantisation.Scales scales = FakeQuantisation.Scales.symmetric(of(0.01f, 0.007f, 0.002f));
        sameFarApart(apart -> {
            Channels channels = new Channels(3, 37, apart.of(37));
            Rows x = new Rows(ElementType.F32, 3, 37, channels.stride()).with(values);
            Rows g = new Rows(ElementType.F32, 3, 37, channels.stride()).with(gradients);
            Rows y = new Rows(ElementType.F32, 3, 37, channels.stride());
            Rows byX = new Rows(ElementType.F32, 3, 37, channels.stride());
            Rows byScale = new Rows(ElementType.F32, 1, 3, 3);
            backend.fakeQuantisation().quantise(before(x, 0), channels, scheme, scales, FakeQuantisation.Outputs.values(before(y, 0)));
            backend.fakeQuantisation().stepGradients(before(x, 0), before(g, 0), channels, scheme, scales, StepRule.LSQ, 1,
                    new FakeQuantisation.StepGradients(before(byX, 0), before(byScale, 0), null));
            return List.of(y, byX, byScale);
        });
    }

    /// Rows of a data set, chosen by index: a batch of them, and a network's outputs for them. In every room.
    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu", "emulator"})
    void chosenRows(String name) {
        GatedMlpShape shape = new GatedMlpShape(7, 5, 8, 5, 3, 2, 2, 5, 6);
        float[] samples = uniform(3 * 7);
        float[] parameters = uniform(shape.parameters());
        try (Backend room = name.equals("emulator") ? new CudaBackend(EmulatedDevice.open(Schedule.REVERSE)) : Backends.named(name)) {
            sameFarApart(apart -> {
                Rows data = new Rows(ElementType.F32, 3, 7, apart.of(7) / 7 * 7).with(samples);
                Rows batch = new Rows(ElementType.F32, 3, 7, 7);
                Rows out = new Rows(ElementType.F32, 1, 3, 3);
                int row = Math.toIntExact(data.stride / 7);
                int[] index = {0, row, 2 * row};
                try (Buffer features = in(room, data); Buffer rows = in(room, batch); Buffer values = in(room, out);
                        Buffer order = room.allocate(ElementType.S32, 3); Buffer p = room.allocate(ElementType.F32, shape.parameters())) {
                    order.upload(MemorySegment.ofArray(index));
                    p.upload(MemorySegment.ofArray(parameters));
                    room.batchRows().gather(new BatchRows.Shape(1, 3, 7), features, order, 0, rows);
                    room.gatedMlp().forward(shape, p, new GatedMlp.Rows(features, null, null, order, 0, 3),
                            new GatedMlp.Outputs(values, null, null, null, null, null));
                }
                return List.of(batch, out);
            });
            assertEquals(0, room.liveBuffers());
        }
    }

    private static Buffer in(Backend room, Rows rows) {
        return room instanceof CudaBackend cuda ? new DeviceBuffer(cuda.device(), rows.type, rows.memory.byteSize() / rows.type.bytes(), rows.at())
                : room.load(rows.type, rows.memory);
    }
}
