package org.ionforge.compute;

/// The neurons of a layer: their dialect and their parameters, each either one value for the layer (F32 `[1]`) or one for every
/// neuron (F32 `[N]`). A parameter is fixed where its gradient is not asked for.
///
/// Parameters are used as they are; where they are trained, the optimiser's clamp keeps β in [0, 1], τ ≥ 1, dt/τ in (0, 1] and
/// θ > 0.
///
/// @param leak      λ of the dialect: β, τ or dt/τ
/// @param threshold θ
/// @param surrogate used by backward alone
/// @param slope     k of a learnable surrogate, null with any other
/// @param offset    o of a learnable surrogate, null with any other
/// @param state     what the membrane is rounded to, null for nothing
public record LifNeurons(LifDialect dialect, Buffer leak, Buffer threshold, Surrogate surrogate, Buffer slope, Buffer offset, State state) {

    /// @param table F32: what [StateLevels#table] gives
    public record State(StateLevels levels, Buffer table) {
    }

    /// Neurons whose membrane is a float.
    public LifNeurons(LifDialect dialect, Buffer leak, Buffer threshold, Surrogate surrogate, Buffer slope, Buffer offset) {
        this(dialect, leak, threshold, surrogate, slope, offset, null);
    }

    /// Neurons with a surrogate that is not trained.
    public LifNeurons(LifDialect dialect, Buffer leak, Buffer threshold, Surrogate surrogate) {
        this(dialect, leak, threshold, surrogate, null, null);
    }

    /// The same with a membrane in a few levels.
    public LifNeurons rounded(StateLevels levels, Buffer table) {
        return new LifNeurons(dialect, leak, threshold, surrogate, slope, offset, new State(levels, table));
    }

    /// The choices of dialect and state in one number, as kernels and native code read them.
    public int code() {
        return dialect.code() | (state == null ? 0 : state.levels().code());
    }
}
