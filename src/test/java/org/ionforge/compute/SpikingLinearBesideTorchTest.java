package org.ionforge.compute;

import static org.bytedeco.pytorch.global.torch.atan;
import static org.bytedeco.pytorch.global.torch.fake_quantize_per_channel_affine;
import static org.bytedeco.pytorch.global.torch.fake_quantize_per_tensor_affine;
import static org.bytedeco.pytorch.global.torch.ge;
import static org.bytedeco.pytorch.global.torch.gt;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.sigmoid;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Two layers trained through time beside libtorch, which differentiates the simulators' own updates by itself: the same spikes,
/// and every gradient within 1e-5 of its tensor's largest. The first layer has a constant input and INT8 weights, the second INT8
/// currents; leaks and thresholds are trained. Values are multiples of powers of two, so that sums are exact in any order.
class SpikingLinearBesideTorchTest {

    private static final int STEPS = 12;
    private static final int BATCH = 4;
    private static final int INPUTS = 20;
    private static final int HIDDEN = 33;
    private static final int OUTPUTS = 7;
    private static final float SCALE = 0x1p-6f;
    private static final float CURRENT_SCALE = 0x1p-5f;

    /// One step of a simulator's neurons in libtorch: takes the state and the current, returns {membrane, spikes, next state}.
    private interface Simulator {
        Tensor[] step(Tensor state, Tensor current, Tensor leak, Tensor threshold);
    }

    static Stream<Arguments> simulators() {
        return Stream.of("reference", "cpu", "emulator").flatMap(backend -> Stream.of(
                Arguments.of(backend, "snnTorch", LifDialect.SNNTORCH_LEAKY, Surrogate.arctan(2), 0.875f, (Simulator) (mem, current, beta, threshold) -> {
                    Tensor reset = gt(mem.sub(threshold), new Scalar(0)).to(torch.ScalarType.Float).detach();
                    Tensor next = mem.mul(beta).add(current).sub(reset.mul(threshold));
                    Tensor u = next.sub(threshold);
                    return new Tensor[] {next, spike(gt(u, new Scalar(0)), atan(u.mul(new Scalar(Math.PI))).div(new Scalar(Math.PI))), next};
                }),
                Arguments.of(backend, "SpikingJelly", LifDialect.SPIKINGJELLY_LIF_NODE, Surrogate.sigmoid(4), 1.75f, (Simulator) (v, x, tau, threshold) -> {
                    Tensor h = v.add(x.sub(v).div(tau));
                    Tensor u = h.sub(threshold);
                    Tensor s = spike(ge(u, new Scalar(0)), sigmoid(u.mul(new Scalar(4))));
                    return new Tensor[] {h, s, s.neg().add(new Scalar(1)).mul(h)};
                })));
    }

    /// The hard threshold with the derivative of a smooth curve.
    private static Tensor spike(Tensor fired, Tensor soft) {
        return fired.to(torch.ScalarType.Float).add(soft.sub(soft.detach()));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("simulators")
    void spikesAndGradientsAgree(String backend, String name, LifDialect dialect, Surrogate surrogate, float leak, Simulator simulator) {
        torch.set_num_threads(1);  // its threads spin, which hurts on a busy machine
        for (long seed = 1; seed <= 3; seed++) {
            Network network = new Network(new Random(seed), leak);
            Results theirs = network.inTorch(simulator);
            Results ours = network.on(backend, dialect, surrogate);
            assertArrayEquals(theirs.hidden, ours.hidden, "spikes of the hidden layer");
            assertArrayEquals(theirs.counts, ours.counts, "counts of the readout");
            for (int i = 0; i < theirs.gradients.size(); i++) {
                compare(Network.NAMES[i], theirs.gradients.get(i), ours.gradients.get(i));
            }
        }
    }

    private static void compare(String name, float[] theirs, float[] ours) {
        double largest = 0;
        double apart = 0;
        for (int i = 0; i < theirs.length; i++) {
            largest = Math.max(largest, Math.abs(theirs[i]));
            apart = Math.max(apart, Math.abs(theirs[i] - ours[i]));
        }
        assertTrue(largest > 0, name + " has a gradient");
        assertTrue(apart <= 1e-5 * largest, "gradient of " + name + ": " + apart / largest + " of the largest apart");
    }

    /// @param hidden    spikes of the first layer, `[T, B, HIDDEN]`
    /// @param counts    of the second, `[B, OUTPUTS]`
    /// @param gradients in the order of [Network#NAMES]
    private record Results(float[] hidden, float[] counts, List<float[]> gradients) {
    }

    private static final class Network {
        static final String[] NAMES = {"weights 1", "bias 1", "leak 1", "threshold 1", "weights 2", "bias 2", "leak 2", "threshold 2", "input"};

        final float[] input;
        final float[][] parameters;
        final float[] byCounts;
        final float[] byLastMembrane;

        Network(Random random, float leak) {
            input = grid(random, BATCH * INPUTS, 0, 64, 0x1p-6f);
            // Some weights are beyond ±127 codes, some currents beyond ±127 steps.
            parameters = new float[][] {grid(random, HIDDEN * INPUTS, -600, 601, 0x1p-8f), grid(random, HIDDEN, 0, 400, 0x1p-10f), {leak},
                    grid(random, HIDDEN, 200, 400, 0x1p-8f), grid(random, OUTPUTS * HIDDEN, -200, 256, 0x1p-7f),
                    grid(random, OUTPUTS, 0, 400, 0x1p-10f), {leak}, grid(random, OUTPUTS, 200, 400, 0x1p-8f)};
            byCounts = grid(random, BATCH * OUTPUTS, -100, 101, 0.01f);
            byLastMembrane = grid(random, BATCH * OUTPUTS, -100, 101, 0.01f);
        }

        private static float[] grid(Random random, int n, int from, int to, float step) {
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = random.nextInt(from, to) * step;
            }
            return values;
        }

        Results inTorch(Simulator simulator) {
            try (PointerScope _ = new PointerScope()) {
                List<Tensor> p = new ArrayList<>();
                long[][] shapes = {{HIDDEN, INPUTS}, {HIDDEN}, {1}, {HIDDEN}, {OUTPUTS, HIDDEN}, {OUTPUTS}, {1}, {OUTPUTS}};
                for (int i = 0; i < shapes.length; i++) {
                    p.add(Tensor.create(parameters[i], shapes[i]).set_requires_grad(true));
                }
                p.add(Tensor.create(input, BATCH, INPUTS).set_requires_grad(true));
                Tensor codes = fake_quantize_per_channel_affine(p.getFirst(), torch.full(new long[] {HIDDEN}, new Scalar(SCALE)),
                        torch.zeros(HIDDEN).to(torch.ScalarType.Int), 0, -128, 127);
                Tensor current = linear(p.get(8), codes, p.get(1));
                Tensor first = torch.zeros(BATCH, HIDDEN);
                Tensor second = torch.zeros(BATCH, OUTPUTS);
                Tensor counts = torch.zeros(BATCH, OUTPUTS);
                Tensor membrane = null;
                float[] hidden = new float[STEPS * BATCH * HIDDEN];
                for (int t = 0; t < STEPS; t++) {
                    Tensor[] one = simulator.step(first, current, p.get(2), p.get(3));
                    first = one[2];
                    System.arraycopy(values(one[1].detach()), 0, hidden, t * BATCH * HIDDEN, BATCH * HIDDEN);
                    Tensor between = fake_quantize_per_tensor_affine(linear(one[1], p.get(4), p.get(5)), CURRENT_SCALE, 0, -128, 127);
                    Tensor[] two = simulator.step(second, between, p.get(6), p.get(7));
                    second = two[2];
                    membrane = two[0];
                    counts = counts.add(two[1]);
                }
                counts.mul(Tensor.create(byCounts, BATCH, OUTPUTS)).sum().add(membrane.mul(Tensor.create(byLastMembrane, BATCH, OUTPUTS)).sum())
                        .backward();
                return new Results(hidden, values(counts.detach()), p.stream().map(each -> values(each.grad())).toList());
            }
        }

        private static float[] values(Tensor tensor) {
            Tensor contiguous = tensor.contiguous();
            float[] values = new float[Math.toIntExact(contiguous.numel())];
            new FloatPointer(contiguous.data_ptr_float()).get(values);
            return values;
        }

        Results on(String name, LifDialect dialect, Surrogate surrogate) {
            try (Backend backend = Backends.named(name); Buffers memory = new Buffers(backend)) {
                SpikingLinear operation = backend.spikingLinear();
                Buffer[] p = Stream.of(parameters).map(memory::of).toArray(Buffer[]::new);
                Buffer[] g = Stream.of(parameters).map(each -> memory.empty(ElementType.F32, each.length)).toArray(Buffer[]::new);
                float[] scales = new float[HIDDEN];
                Arrays.fill(scales, SCALE);
                QuantisationScheme int8 = QuantisationScheme.int8();
                SpikingLinear.Layer first = new SpikingLinear.Layer(new SpikingLinear.Weights(p[0], p[1],
                        new SpikingLinear.Quantisation(int8, memory.of(scales), true)), null, new LifNeurons(dialect, p[2], p[3], surrogate));
                SpikingLinear.Layer second = new SpikingLinear.Layer(new SpikingLinear.Weights(p[4], p[5], null),
                        new SpikingLinear.Quantisation(int8, memory.of(CURRENT_SCALE), true), new LifNeurons(dialect, p[6], p[7], surrogate));
                SpikingLinear.Shape one = new SpikingLinear.Shape(STEPS, BATCH, INPUTS, HIDDEN);
                SpikingLinear.Shape two = new SpikingLinear.Shape(STEPS, BATCH, HIDDEN, OUTPUTS);
                Buffer x = memory.of(input);
                Buffer hidden = memory.empty(ElementType.U32, (int) one.lif().spikeWords());
                Buffer counts = memory.empty(ElementType.F32, BATCH * OUTPUTS);
                operation.forward(one, first, SpikingLinear.Input.constant(x), new SpikingLinear.Outputs(new Lif.Outputs(hidden, null, null, null),
                        null, null));
                operation.forward(two, second, SpikingLinear.Input.spikes(hidden), new SpikingLinear.Outputs(
                        new Lif.Outputs(null, counts, null, null), null, null));
                Buffer between = memory.empty(ElementType.F32, STEPS * BATCH * OUTPUTS);
                Buffer byInput = memory.empty(ElementType.F32, input.length);
                operation.backward(two, second, SpikingLinear.Input.spikes(hidden), null, new SpikingLinear.Upstream(
                        new Lif.Upstream(null, memory.of(byCounts), null, memory.of(byLastMembrane)), null),
                        new SpikingLinear.Gradients(g[4], g[5], new Lif.Gradients(g[6], g[7], null, null), between, null));
                operation.backward(one, first, SpikingLinear.Input.constant(x), null, new SpikingLinear.Upstream(null,
                        new SpikingLinear.Through(between, OUTPUTS, second.weights())),
                        new SpikingLinear.Gradients(g[0], g[1], new Lif.Gradients(g[2], g[3], null, null), null, byInput));
                List<float[]> gradients = new ArrayList<>(Stream.of(g).map(Buffers::floats).toList());
                gradients.add(Buffers.floats(byInput));
                return new Results(unpacked(hidden, one.lif()), Buffers.floats(counts), gradients);
            }
        }

        private static float[] unpacked(Buffer spikes, Lif.Shape shape) {
            int[] words = new int[(int) shape.spikeWords()];
            spikes.download(MemorySegment.ofArray(words));
            float[] values = new float[(int) shape.elements()];
            for (int i = 0; i < values.length; i++) {
                int n = i % shape.neurons();
                values[i] = words[i / shape.neurons() * shape.words() + n / 32] >>> n % 32 & 1;
            }
            return values;
        }
    }

    /// Buffers that are closed together.
    private record Buffers(Backend backend, List<Buffer> all) implements AutoCloseable {

        Buffers(Backend backend) {
            this(backend, new ArrayList<>());
        }

        Buffer of(float... values) {
            Buffer buffer = empty(ElementType.F32, values.length);
            buffer.upload(MemorySegment.ofArray(values));
            return buffer;
        }

        Buffer empty(ElementType type, int length) {
            Buffer buffer = backend.allocate(type, length);
            all.add(buffer);
            return buffer;
        }

        static float[] floats(Buffer buffer) {
            float[] values = new float[Math.toIntExact(buffer.length())];
            buffer.download(MemorySegment.ofArray(values));
            return values;
        }

        @Override
        public void close() {
            all.forEach(Buffer::close);
        }
    }
}
