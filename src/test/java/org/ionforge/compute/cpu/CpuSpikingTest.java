package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What conformance does not ask of spiking layers: the same bits for any number of threads, over many tiles, blocks and slices, and
/// in a workspace that another call has left.
class CpuSpikingTest {

    private static final int STEPS = 23;
    private static final int BATCH = 150;
    private static final int INPUTS = 75;
    private static final int NEURONS = 203;
    private static final int NEXT = 11;

    private int threads;

    @BeforeEach
    void remember() {
        threads = ionforge_cpu_h.ionforge_cpu_threads();
    }

    @AfterEach
    void restore() {
        ionforge_cpu_h.ionforge_cpu_set_threads(threads);
    }

    @ParameterizedTest
    @EnumSource(SpikingLinear.Input.Kind.class)
    void layersDoNotDependOnTheNumberOfThreads(SpikingLinear.Input.Kind kind) {
        List<byte[]> one = layer(1, kind, BATCH);
        assertSame(one, layer(2, kind, BATCH));
        assertSame(one, layer(5, kind, BATCH));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void neuronsDoNotDependOnTheNumberOfThreads(boolean perNeuron) {
        List<byte[]> one = neurons(1, perNeuron);
        assertSame(one, neurons(2, perNeuron));
        assertSame(one, neurons(5, perNeuron));
    }

    @ParameterizedTest
    @EnumSource(QuantizedGemm.Format.class)
    void integerLayersDoNotDependOnTheNumberOfThreads(QuantizedGemm.Format format) {
        List<byte[]> one = integerLayer(1, format);
        assertSame(one, integerLayer(2, format));
        assertSame(one, integerLayer(5, format));
    }

    @Test
    void aSmallCallAfterALargeOne() {
        try (CpuBackend backend = new CpuBackend()) {
            List<byte[]> alone = layer(backend, SpikingLinear.Input.Kind.SPIKES, 3);
            layer(backend, SpikingLinear.Input.Kind.SEQUENCE, BATCH);
            assertSame(alone, layer(backend, SpikingLinear.Input.Kind.SPIKES, 3));
            assertEquals(0, backend.liveBuffers());
        }
    }

    private static List<byte[]> layer(int count, SpikingLinear.Input.Kind kind, int batch) {
        ionforge_cpu_h.ionforge_cpu_set_threads(count);
        try (CpuBackend backend = new CpuBackend()) {
            return layer(backend, kind, batch);
        }
    }

    /// Everything that forward and backward of a layer write.
    private static List<byte[]> layer(CpuBackend backend, SpikingLinear.Input.Kind kind, int batch) {
        boolean constant = kind == SpikingLinear.Input.Kind.CONSTANT;
        boolean spikes = kind == SpikingLinear.Input.Kind.SPIKES;
        SpikingLinear.Shape shape = new SpikingLinear.Shape(STEPS, batch, INPUTS, NEURONS);
        int rows = (constant ? 1 : STEPS) * batch;
        try (Data data = new Data(backend)) {
            SpikingLinear.Input input = new SpikingLinear.Input(kind, spikes ? data.bits(rows * shape.inputWords()) : data.floats(rows * INPUTS, 0.5));
            SpikingLinear.Weights weights = new SpikingLinear.Weights(data.floats(NEURONS * INPUTS, 0.3), data.floats(NEURONS, 0.3), null);
            SpikingLinear.Layer layer = new SpikingLinear.Layer(weights, null, data.neurons(1));
            SpikingLinear.Outputs outputs = new SpikingLinear.Outputs(new Lif.Outputs(data.result(ElementType.U32, shape.lif().spikeWords()),
                    data.result(ElementType.F32, shape.lif().cells()), null, null), data.result(ElementType.F32, (long) rows * NEURONS),
                    data.result(ElementType.F32, 2));
            backend.spikingLinear().forward(shape, layer, input, outputs);
            SpikingLinear.Through next = new SpikingLinear.Through(data.floats(STEPS * batch * NEXT, 1), NEXT,
                    new SpikingLinear.Weights(data.floats(NEXT * NEURONS, 0.3), null, null));
            SpikingLinear.Gradients gradients = new SpikingLinear.Gradients(data.result(ElementType.F32, (long) NEURONS * INPUTS),
                    data.result(ElementType.F32, NEURONS), data.neuronGradients(1), data.result(ElementType.F32, (long) rows * NEURONS),
                    data.result(ElementType.F32, (long) rows * INPUTS));
            backend.spikingLinear().backward(shape, layer, input, null, new SpikingLinear.Upstream(null, next), gradients);
            return data.results();
        }
    }

    private static List<byte[]> neurons(int count, boolean perNeuron) {
        ionforge_cpu_h.ionforge_cpu_set_threads(count);
        Lif.Shape shape = new Lif.Shape(STEPS, BATCH, NEURONS);
        int parameters = perNeuron ? NEURONS : 1;
        try (CpuBackend backend = new CpuBackend(); Data data = new Data(backend)) {
            Lif.Currents currents = new Lif.Currents(data.floats((int) shape.elements(), 0.8), false);
            LifNeurons neurons = data.neurons(parameters);
            backend.lif().forward(shape, neurons, currents, new Lif.Outputs(data.result(ElementType.U32, shape.spikeWords()), null, null, null));
            backend.lif().backward(shape, neurons, currents, new Lif.Upstream(data.floats((int) shape.elements(), 1), null, null, null),
                    data.result(ElementType.F32, shape.elements()), data.neuronGradients(parameters));
            return data.results();
        }
    }

    /// A quantised product with neurons behind it, and their spikes and membranes.
    private static List<byte[]> integerLayer(int count, QuantizedGemm.Format format) {
        ionforge_cpu_h.ionforge_cpu_set_threads(count);
        Lif.Shape shape = new Lif.Shape(STEPS, BATCH, NEURONS);
        int wordsOfRow = (INPUTS + 31) / 32;
        try (CpuBackend backend = new CpuBackend(); Data data = new Data(backend);
             PackedWeights weights = backend.quantizedGemm().pack(format, data.bytes(format, NEURONS * format.rowBytes(INPUTS)), NEURONS, INPUTS)) {
            backend.quantizedGemm().multiply(data.bits(STEPS * BATCH * wordsOfRow), STEPS * BATCH, weights,
                    new QuantizedGemm.Spiking(data.floats(NEURONS, 0.01), data.floats(NEURONS, 0.3), null, data.neurons(NEURONS), STEPS, false,
                            new Lif.Outputs(data.result(ElementType.U32, shape.spikeWords()), data.result(ElementType.F32, shape.cells()),
                                    data.result(ElementType.F32, shape.elements()), null)));
            return data.results();
        }
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "result " + i);
        }
    }

    /// Operands from a fixed seed, and the results, poisoned.
    private static final class Data implements AutoCloseable {
        private final CpuBackend backend;
        private final Random random = new Random(7);
        private final List<Buffer> operands = new ArrayList<>();
        private final List<Buffer> results = new ArrayList<>();

        Data(CpuBackend backend) {
            this.backend = backend;
        }

        Buffer floats(int n, double spread) {
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = (float) (spread * random.nextGaussian());
            }
            return kept(ElementType.F32, n, MemorySegment.ofArray(values));
        }

        Buffer bits(int words) {
            return kept(ElementType.U32, words, MemorySegment.ofArray(random.ints(words).map(word -> word & random.nextInt()).toArray()));
        }

        Buffer bytes(QuantizedGemm.Format format, long n) {
            byte[] codes = new byte[Math.toIntExact(n)];
            random.nextBytes(codes);
            return kept(format.element(), n, MemorySegment.ofArray(codes));
        }

        private Buffer kept(ElementType type, long n, MemorySegment values) {
            Buffer buffer = backend.allocate(type, n);
            buffer.upload(values);
            operands.add(buffer);
            return buffer;
        }

        LifNeurons neurons(int parameters) {
            Buffer[] of = new Buffer[4];
            float[] centres = {0.9f, 1, 10, 0.1f};
            for (int i = 0; i < of.length; i++) {
                float[] values = new float[parameters];
                for (int n = 0; n < parameters; n++) {
                    values[n] = centres[i] * (1 + 0.1f * random.nextFloat());
                }
                of[i] = kept(ElementType.F32, parameters, MemorySegment.ofArray(values));
            }
            return new LifNeurons(LifDialect.IONFORGE, of[0], of[1], Surrogate.learnable(10), of[2], of[3]);
        }

        Lif.Gradients neuronGradients(int parameters) {
            return new Lif.Gradients(result(ElementType.F32, parameters), result(ElementType.F32, parameters),
                    result(ElementType.F32, parameters), result(ElementType.F32, parameters));
        }

        Buffer result(ElementType type, long n) {
            Buffer buffer = backend.allocate(type, n);
            buffer.fill((byte) 0x5a);
            results.add(buffer);
            return buffer;
        }

        List<byte[]> results() {
            List<byte[]> all = new ArrayList<>();
            for (Buffer buffer : results) {
                byte[] bytes = new byte[Math.toIntExact(buffer.byteSize())];
                buffer.download(MemorySegment.ofArray(bytes));
                all.add(bytes);
            }
            return all;
        }

        @Override
        public void close() {
            operands.forEach(Buffer::close);
            results.forEach(Buffer::close);
        }
    }
}
