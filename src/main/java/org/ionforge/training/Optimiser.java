package org.ionforge.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.RmsProp;

/// A [Method] at work on one flat buffer of parameters, with what it remembers from step to step on the same backend.
public final class Optimiser implements AutoCloseable {

    private final Backend backend;
    private final Method method;
    private final SequencedMap<String, Buffer> state = new LinkedHashMap<>();

    /// Begins with nothing remembered.
    ///
    /// @param parameters number of them
    public Optimiser(Backend backend, Method method, long parameters) {
        this.backend = backend;
        this.method = method;
        List<String> names = switch (method) {
            case Method.Adam adam -> List.of("m", "v");
            case Method.Descent(var options) -> options.momentum() > 0 ? List.of("velocity") : List.of();
            case Method.MeanSquare(var options) -> {
                List<String> kept = new ArrayList<>(List.of("square"));
                if (options.centred()) {
                    kept.add("mean");
                }
                if (options.momentum() > 0) {
                    kept.add("velocity");
                }
                yield kept;
            }
        };
        names.forEach(name -> state.put(name, backend.allocate(ElementType.F32, parameters)));
        reset();
    }

    /// Forgets everything.
    public void reset() {
        state.values().forEach(buffer -> buffer.fill((byte) 0));
    }

    /// F32 `[P]` each: what is remembered, by name.
    public SequencedMap<String, Buffer> state() {
        return new LinkedHashMap<>(state);
    }

    /// One step.
    ///
    /// @param weights groups that decay
    /// @param others  groups that do not
    /// @param step    from 1 since the last [#reset]
    public void step(Buffer parameters, Buffer gradients, List<AdamW.Group> weights, List<AdamW.Group> others, long step) {
        if (!weights.isEmpty()) {
            step(method, parameters, gradients, weights, step);
        }
        if (!others.isEmpty()) {
            step(method.withoutDecay(), parameters, gradients, others, step);
        }
    }

    private void step(Method by, Buffer parameters, Buffer gradients, List<AdamW.Group> groups, long step) {
        switch (by) {
            case Method.Adam(var options) -> backend.adamW().step(parameters, gradients, state.get("m"), state.get("v"), groups, options, step);
            case Method.Descent(var options) -> backend.sgd().step(parameters, gradients, state.get("velocity"), groups, options, step);
            case Method.MeanSquare(var options) -> backend.rmsProp().step(parameters, gradients,
                    new RmsProp.State(state.get("square"), state.get("mean"), state.get("velocity")), groups, options);
        }
    }

    @Override
    public void close() {
        state.values().forEach(Buffer::close);
    }
}
