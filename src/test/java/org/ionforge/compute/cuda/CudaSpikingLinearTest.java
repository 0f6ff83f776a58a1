package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A layer too wide for the scratch it may take is worked through in slices of its neurons: with the same results.
class CudaSpikingLinearTest {

    private static final SpikingLinear.Shape SHAPE = new SpikingLinear.Shape(5, 3, 17, 101);
    private static final int NEXT = 6;
    private static final long NARROW = 1; // the least: slices of 32 neurons

    @ParameterizedTest
    @EnumSource(Input.Kind.class)
    void slicesOfNeuronsGiveTheSame(Input.Kind kind) {
        List<float[]> whole = run(kind, CudaSpikingLinear.SLICE_BYTES);
        List<float[]> sliced = run(kind, NARROW);
        String[] names = {"spikes", "counts", "range", "weights", "bias", "threshold", "current", "input", "leak"};
        for (int i = 0; i < names.length; i++) {
            // Sums over all neurons are cut into slices; all else is the same to the bit.
            assertArrayEquals(whole.get(i), sliced.get(i), i < 7 ? 0 : 1e-4f, names[i]);
        }
    }

    private static List<float[]> run(Input.Kind kind, long sliceBytes) {
        Random random = new Random(4);
        try (CudaBackend backend = new CudaBackend(EmulatedDevice.open(Schedule.REVERSE));
             CudaQuantizedGemm gemm = new CudaQuantizedGemm(backend); Buffers buffers = new Buffers(backend.device());
             CudaSpikingLinear operation = new CudaSpikingLinear(backend.device(), gemm, sliceBytes)) {
            int n = SHAPE.neurons();
            int rows = kind == Input.Kind.CONSTANT ? SHAPE.batch() : SHAPE.steps() * SHAPE.batch();
            Input input = new Input(kind, kind == Input.Kind.SPIKES ? buffers.words(random, rows * SHAPE.inputWords())
                    : buffers.of(uniform(random, rows * SHAPE.inputs())));
            LifNeurons neurons = new LifNeurons(LifDialect.IONFORGE, buffers.of(0.9f), buffers.of(uniform(random, n)), Surrogate.arctan(2));
            SpikingLinear.Layer layer = new SpikingLinear.Layer(new SpikingLinear.Weights(buffers.of(uniform(random, n * SHAPE.inputs())),
                    buffers.of(uniform(random, n)), new SpikingLinear.Quantisation(QuantisationScheme.int8(), buffers.of(scales(n)), true)),
                    null, neurons);
            Buffer spikes = buffers.empty(ElementType.U32, SHAPE.lif().spikeWords());
            Buffer counts = buffers.empty(ElementType.F32, SHAPE.lif().cells());
            Buffer range = buffers.empty(ElementType.F32, 2);
            operation.forward(SHAPE, layer, input, new SpikingLinear.Outputs(new Lif.Outputs(spikes, counts, null, null), null, range));
            Buffer byWeights = buffers.empty(ElementType.F32, (long) n * SHAPE.inputs());
            Buffer byBias = buffers.empty(ElementType.F32, n);
            Buffer byThreshold = buffers.empty(ElementType.F32, n);
            Buffer byCurrent = buffers.empty(ElementType.F32, (long) rows * n);
            Buffer byInput = buffers.empty(ElementType.F32, (long) rows * SHAPE.inputs());
            Buffer byLeak = buffers.empty(ElementType.F32, 1);
            SpikingLinear.Through next = new SpikingLinear.Through(buffers.of(uniform(random, SHAPE.steps() * SHAPE.batch() * NEXT)), NEXT,
                    new SpikingLinear.Weights(buffers.of(uniform(random, NEXT * n)), null, null));
            operation.backward(SHAPE, layer, input, null, new SpikingLinear.Upstream(null, next),
                    new SpikingLinear.Gradients(byWeights, byBias, new Lif.Gradients(byLeak, byThreshold, null, null), byCurrent, byInput));
            return List.of(buffers.bits(spikes), floats(counts), floats(range), floats(byWeights), floats(byBias), floats(byThreshold),
                    floats(byCurrent), floats(byInput), floats(byLeak));
        }
    }

    private static float[] uniform(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    private static float[] scales(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (i + 50) * 1e-4f;
        }
        return values;
    }

    private static float[] floats(Buffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }

    /// Buffers of one device that are closed together and counted.
    private record Buffers(Device device, AtomicInteger live, List<Buffer> all) implements AutoCloseable {

        Buffers(Device device) {
            this(device, new AtomicInteger(), new ArrayList<>());
        }

        Buffer empty(ElementType type, long length) {
            Buffer buffer = new DeviceBuffer(device, live, type, length);
            all.add(buffer);
            return buffer;
        }

        Buffer of(float... values) {
            Buffer buffer = empty(ElementType.F32, values.length);
            buffer.upload(MemorySegment.ofArray(values));
            return buffer;
        }

        Buffer words(Random random, int n) {
            int[] words = new int[n];
            for (int i = 0; i < n; i++) {
                words[i] = random.nextInt() & random.nextInt();
            }
            Buffer buffer = empty(ElementType.U32, n);
            buffer.upload(MemorySegment.ofArray(words));
            return buffer;
        }

        float[] bits(Buffer spikes) {
            int[] words = new int[Math.toIntExact(spikes.length())];
            spikes.download(MemorySegment.ofArray(words));
            float[] bits = new float[words.length * 32];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = words[i / 32] >>> i % 32 & 1;
            }
            return bits;
        }

        @Override
        public void close() {
            all.forEach(Buffer::close);
            assertEquals(0, live.get());
        }
    }
}
