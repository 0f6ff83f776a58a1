package org.ionforge.compute;

import java.util.List;

/// Training steps of a [GatedMlp] on rows that lie on the backend. What is the same for every step is set up once; a step then
/// asks nothing of the host. On a device it is one graph launch, and the host goes on while the device works.
///
/// A step takes the next `batch` rows of the order (fewer at its end) through [GatedMlp#lossAndGradient] and then [AdamW#step]. If
/// its loss is no finite number, it changes no parameter and no moment, and the steps after it do nothing: parameters and gradients
/// stay as they were when it happened, until the next [#begin].
public interface GatedMlpTraining extends AutoCloseable {

    /// Steps whose figures may wait to be collected.
    int MOST_PENDING = 64;

    /// Groups of parameters at most.
    int MOST_GROUPS = 256;

    /// What is the same for every step. The buffers stay the caller's and must stay open.
    ///
    /// @param parameters F32 `[P]`, updated
    /// @param gradients  F32 `[P]`, of the last step
    /// @param m          F32 `[P]`, first moment, updated; zero before step 1
    /// @param v          F32 `[P]`, second moment, updated; zero before step 1
    /// @param features   F32 `[N, inputs]`
    /// @param targets    F32 `[N]`
    /// @param weights    F32 `[N]`
    /// @param order      S32 `[n]`: the rows of an epoch in the order of their use; may be overwritten before [#begin]
    /// @param batch      rows of a step
    record Setup(GatedMlpShape shape, Buffer parameters, Buffer gradients, Buffer m, Buffer v, Buffer features, Buffer targets,
                 Buffer weights, Buffer order, int batch, GatedMlp.LossOptions loss, AdamW.Options adamW) {
    }

    /// What one step came to.
    ///
    /// @param number counted as in [#begin]
    /// @param rows   of its batch
    record Step(long number, int rows, GatedMlp.Loss loss) {
    }

    /// The next step starts at row `first` of the order and is number `steps + 1`. Every step before was collected.
    ///
    /// @param first  rows of the order that are done
    /// @param steps  steps done in all, for AdamW's corrections
    /// @param groups learning rates and clamps from here on
    /// @throws IllegalArgumentException if the groups overlap, leave the parameters or are too many
    /// @throws IllegalStateException    if a step's figures were not collected
    void begin(long first, long steps, List<AdamW.Group> groups);

    /// Does the next step, or has the device do it.
    ///
    /// @throws IllegalStateException if the order is at its end, or [#MOST_PENDING] steps wait to be collected
    /// @throws IllegalArgumentException if the order points outside the data (host backends; elsewhere the loss is NaN)
    void step();

    /// Steps done since [#begin] or the last call of this, oldest first, once they are done. After a step whose loss is no finite
    /// number, which is the last, there are fewer than were asked for.
    List<Step> collect();

    @Override
    void close();
}
