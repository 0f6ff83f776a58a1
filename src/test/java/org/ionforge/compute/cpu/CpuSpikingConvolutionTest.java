package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatheredConvolution;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Patches;
import org.ionforge.compute.SpikingConvolution;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What conformance does not ask of convolutions: the same bits for any number of threads, and as from rows in memory, where images go on from block to
/// block and from slice to slice and their sums come out differently in any other order.
class CpuSpikingConvolutionTest extends ThreadCountCase {

    private static final int STEPS = 3;
    private static final SpikingConvolution.Shape SHAPE = new SpikingConvolution.Shape(STEPS, new Patches.Shape(5, 31, 29, 12, 2, 4, 3, 1, 1), 35);
    private static final int CELLS = SHAPE.linear().batch() * SHAPE.neurons();

    @ParameterizedTest
    @EnumSource(Input.Kind.class)
    void asFromRowsInMemory(Input.Kind kind) {
        List<float[]> expected = run(kind, new GatheredConvolution(backend), 1);
        for (int threads : new int[] {1, 2, 5}) {
            List<float[]> actual = run(kind, backend.spikingConvolution(), threads);
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get(i), threads + " threads, result " + i);
            }
        }
    }

    private List<float[]> run(Input.Kind kind, SpikingConvolution opened, int threads) {
        ionforge_cpu_h.ionforge_cpu_set_threads(threads);
        Random random = new Random(4);
        List<Buffer> buffers = new ArrayList<>();
        try (SpikingConvolution convolution = opened) {
            Patches.Shape patches = SHAPE.patches(new Input(kind, null));
            Buffer values = kind == Input.Kind.SPIKES
                    ? buffer(buffers, ElementType.U32, MemorySegment.ofArray(random.ints(patches.mapElements(ElementType.U32)).toArray()))
                    : floats(buffers, random, (int) patches.mapElements(ElementType.F32));
            Input maps = new Input(kind, values);
            SpikingLinear.Layer layer = new SpikingLinear.Layer(new SpikingLinear.Weights(floats(buffers, random, SHAPE.neurons() * SHAPE.patches().inputs()),
                    floats(buffers, random, SHAPE.neurons()), null), null, new LifNeurons(LifDialect.SNNTORCH_LEAKY, constant(buffers, 0.9f),
                    constant(buffers, 1), Surrogate.arctan(2)));
            Buffer counts = floats(buffers, random, CELLS);
            Buffer currents = floats(buffers, random, (int) SHAPE.linear().rows(maps) * SHAPE.neurons());
            convolution.forward(SHAPE, layer, maps, new SpikingLinear.Outputs(new Lif.Outputs(null, counts, null, null), currents, null));
            Buffer byWeights = floats(buffers, random, SHAPE.neurons() * SHAPE.patches().inputs());
            Buffer byMaps = floats(buffers, random, (int) patches.mapElements(ElementType.F32));
            convolution.backward(SHAPE, layer, maps, currents, new SpikingLinear.Upstream(new Lif.Upstream(floats(buffers, random, STEPS * CELLS), null, null,
                    null), null), new SpikingLinear.Gradients(byWeights, null, Lif.Gradients.NONE, null, byMaps));
            return List.of(counts, currents, byWeights, byMaps).stream().map(buffer -> buffer.host().toArray(ValueLayout.JAVA_FLOAT)).toList();
        } finally {
            buffers.forEach(Buffer::close);
        }
    }

    private Buffer constant(List<Buffer> buffers, float value) {
        return buffer(buffers, ElementType.F32, MemorySegment.ofArray(new float[] {value}));
    }

    private Buffer floats(List<Buffer> buffers, Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return buffer(buffers, ElementType.F32, MemorySegment.ofArray(values));
    }

    private Buffer buffer(List<Buffer> buffers, ElementType type, MemorySegment values) {
        Buffer buffer = backend.allocate(type, values.byteSize() / type.bytes());
        buffer.upload(values);
        buffers.add(buffer);
        return buffer;
    }
}
