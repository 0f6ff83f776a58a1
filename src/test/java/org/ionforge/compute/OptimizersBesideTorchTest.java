package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.RMSprop;
import org.bytedeco.pytorch.RMSpropOptions;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.bench.peers.TorchGatedMlp;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A hundred steps of each optimiser beside libtorch's, on the same gradients.
class OptimizersBesideTorchTest {

    private static final int PARAMETERS = 997;
    private static final int STEPS = 100;
    private static final float RATE = 0.01f;

    @BeforeAll
    static void oneThread() {
        TorchGatedMlp.setThreads(1);  // its threads spin, which hurts on a busy machine
    }

    @Test
    void sgd() {
        for (Sgd.Options options : List.of(Sgd.Options.DEFAULT, new Sgd.Options(0.9, 0, 1e-4, false), new Sgd.Options(0.9, 0.3, 0, false),
                new Sgd.Options(0.9, 0, 1e-4, true))) {
            SGDOptions theirs = new SGDOptions(RATE);
            theirs.momentum().put(options.momentum());
            theirs.dampening().put(options.dampening());
            theirs.weight_decay().put(options.weightDecay());
            theirs.nesterov().put(options.nesterov());
            compare(options.toString(), tensors -> new SGD(tensors, theirs), (backend, parameters, gradients, states, step) ->
                    backend.sgd().step(parameters, gradients, options.momentum() > 0 ? states[0] : null, groups(), options, step));
        }
    }

    @Test
    void rmsProp() {
        for (RmsProp.Options options : List.of(RmsProp.Options.DEFAULT, new RmsProp.Options(0.9, 1e-6, 0.9, 1e-4, false),
                new RmsProp.Options(0.95, 1e-3, 0, 0, true), new RmsProp.Options(0.95, 1e-3, 0.9, 0, true))) {
            RMSpropOptions theirs = new RMSpropOptions(RATE);
            theirs.alpha().put(options.smoothing());
            theirs.eps().put(options.epsilon());
            theirs.momentum().put(options.momentum());
            theirs.weight_decay().put(options.weightDecay());
            theirs.centered().put(options.centred());
            compare(options.toString(), tensors -> new RMSprop(tensors, theirs), (backend, parameters, gradients, states, step) ->
                    backend.rmsProp().step(parameters, gradients, new RmsProp.State(states[0], states[1], states[2]), groups(), options));
        }
    }

    /// clip_grad_norm_ over two tensors, above and below the limit.
    @Test
    void gradientClipping() {
        SplittableRandom random = new SplittableRandom(5);
        for (double limit : new double[] {1, 1000}) {
            float[] a = uniform(random, 1000);
            float[] b = uniform(random, 77);
            try (PointerScope _ = new PointerScope(); Backend backend = Backends.named("cpu"); Buffer first = load(backend, a);
                 Buffer second = load(backend, b); Buffer result = backend.allocate(ElementType.F32, 2)) {
                Tensor[] theirs = {withGradient(a), withGradient(b)};
                double norm = torch.clip_grad_norm_(new TensorVector(theirs), limit);
                backend.gradientNorm().clip(List.of(first, second), (float) limit, result);
                assertEquals(norm, read(result)[0], 1e-6 * norm);
                near(floats(theirs[0].grad()), read(first), 1e-6, "gradients");
                near(floats(theirs[1].grad()), read(second), 1e-6, "gradients");
            }
        }
    }

    private interface Step {
        void on(Backend backend, Buffer parameters, Buffer gradients, Buffer[] states, long step);
    }

    private static void compare(String what, Function<TensorVector, Optimizer> peer, Step ours) {
        SplittableRandom random = new SplittableRandom(4);
        float[] start = uniform(random, PARAMETERS);
        try (PointerScope _ = new PointerScope(); Backend backend = Backends.named("cpu"); Buffer parameters = load(backend, start);
             Buffer a = load(backend, new float[PARAMETERS]); Buffer b = load(backend, new float[PARAMETERS]);
             Buffer c = load(backend, new float[PARAMETERS])) {
            Tensor theirs = Tensor.create(start, PARAMETERS).set_requires_grad(true);
            Optimizer optimizer = peer.apply(new TensorVector(theirs));
            for (int step = 1; step <= STEPS; step++) {
                float[] gradient = uniform(random, PARAMETERS);
                optimizer.zero_grad();
                theirs.mul(Tensor.create(gradient, PARAMETERS)).sum().backward();
                optimizer.step();
                try (Buffer gradients = load(backend, gradient)) {
                    ours.on(backend, parameters, gradients, new Buffer[] {a, b, c}, step);
                }
                near(floats(theirs.detach()), read(parameters), 1e-6 * step, what + " after " + step + " steps");
            }
            assertTrue(Math.abs(read(parameters)[0] - start[0]) > 1e-3, "something was learned");
        }
    }

    private static void near(float[] theirs, float[] ours, double bound, String what) {
        for (int i = 0; i < theirs.length; i++) {
            assertEquals(theirs[i], ours[i], bound * Math.max(1, Math.abs(theirs[i])), what + ", element " + i);
        }
    }

    private static List<AdamW.Group> groups() {
        return List.of(new AdamW.Group(0, PARAMETERS, RATE, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY));
    }

    private static Tensor withGradient(float[] gradient) {
        Tensor tensor = torch.zeros(gradient.length).set_requires_grad(true);
        tensor.mul(Tensor.create(gradient, gradient.length)).sum().backward();
        return tensor;
    }

    private static float[] uniform(SplittableRandom random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private static Buffer load(Backend backend, float[] values) {
        Buffer buffer = backend.allocate(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    private static float[] read(Buffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.numel()];
        new FloatPointer(tensor.contiguous().data_ptr_float()).get(values);
        return values;
    }
}
