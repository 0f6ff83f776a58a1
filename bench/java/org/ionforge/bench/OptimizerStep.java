package org.ionforge.bench;

import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.RmsProp;
import org.ionforge.compute.Sgd;

/// One step on parameters that lie together, from zero states; the same gradient at each run.
public record OptimizerStep(Kind kind, int parameters) implements Workload {

    /// Which, with the bytes and operations of a parameter.
    public enum Kind {
        ADAM_W("adamW.step", 28, 14), SGD_NESTEROV("sgd.step nesterov", 20, 7), RMS_PROP("rmsProp.step", 20, 8),
        /// A gradient three times too long.
        CLIP("gradientNorm.clip", 12, 3);

        private final String operation;
        private final int bytes;
        private final int operations;

        Kind(String operation, int bytes, int operations) {
            this.operation = operation;
            this.bytes = bytes;
            this.operations = operations;
        }
    }

    public static final float RATE = 1e-3f;
    public static final Sgd.Options NESTEROV = new Sgd.Options(0.9, 0, 1e-4, true);

    @Override
    public String operation() {
        return kind.operation;
    }

    @Override
    public String shape() {
        return parameters + " parameters";
    }

    @Override
    public Cost cost() {
        return Cost.bytes((long) kind.bytes * parameters).fma((long) kind.operations * parameters);
    }

    /// libtorch takes the norm of so many numbers in float.
    @Override
    public double tolerance() {
        return kind == Kind.CLIP ? 2e-3 : 1e-4;
    }

    public float[] start() {
        return Operands.uniform(1, parameters, -1, 1);
    }

    public float[] gradients() {
        return Operands.uniform(2, parameters, -1, 1);
    }

    /// A third of the gradient's length: √(n/3).
    public float limit() {
        return (float) Math.sqrt(parameters / 27.0);
    }

    @Override
    public Contender on(Backend backend) {
        return Operands.contender(backend, this::ours);
    }

    private Contender ours(Operands operands) {
        Backend backend = operands.backend();
        Buffer p = operands.floats(start());
        Buffer g = operands.floats(gradients());
        Buffer first = operands.floats(new float[parameters]);
        List<AdamW.Group> groups = List.of(new AdamW.Group(0, parameters, RATE, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY));
        long[] step = new long[1];
        return switch (kind) {
            case ADAM_W -> {
                Buffer second = operands.floats(new float[parameters]);
                yield operands.running(() -> backend.adamW().step(p, g, first, second, groups, AdamW.Options.DEFAULT, ++step[0]), p);
            }
            case SGD_NESTEROV -> operands.running(() -> backend.sgd().step(p, g, first, groups, NESTEROV, ++step[0]), p);
            case RMS_PROP -> operands.running(() -> backend.rmsProp().step(p, g, new RmsProp.State(first, null, null), groups,
                    RmsProp.Options.DEFAULT), p);
            case CLIP -> {
                Buffer result = operands.allocate(ElementType.F32, 2);
                // The first run is the one whose sum counts; those after it find a gradient as long as the limit and scale it too.
                yield operands.running(() -> backend.gradientNorm().clip(List.of(g), limit() / ++step[0], result), g);
            }
        };
    }
}
