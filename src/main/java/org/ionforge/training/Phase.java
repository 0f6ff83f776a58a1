package org.ionforge.training;

import java.util.EnumSet;
import java.util.Set;

/// The stretches of the way from an untrained network to a model of integers, and which may follow which.
public enum Phase {
    /// Training in floats.
    WARM_UP,
    /// The least active neurons are taken out.
    PRUNING,
    /// Fake quantisation, ranges of the currents still being learned.
    QAT_OBSERVING,
    /// Fake quantisation, ranges held.
    QAT_FROZEN,
    /// Ranges of the currents found anew as plain means over batches of training data, without gradients.
    CALIBRATION,
    /// From floats and scales to packed codes.
    CONVERSION,
    /// Gates.
    VERIFICATION,
    /// Files.
    EXPORT;

    /// What may come next. Back to the observers is the next rung of a ladder of bits, or the currents after the weights; the same phase
    /// again is one that trains longer.
    public Set<Phase> next() {
        return switch (this) {
            case WARM_UP -> EnumSet.of(WARM_UP, PRUNING, QAT_OBSERVING, EXPORT);
            case PRUNING -> EnumSet.of(WARM_UP, QAT_OBSERVING, EXPORT);
            case QAT_OBSERVING -> EnumSet.of(QAT_OBSERVING, QAT_FROZEN);
            case QAT_FROZEN -> EnumSet.of(QAT_OBSERVING, QAT_FROZEN, CALIBRATION);
            case CALIBRATION -> EnumSet.of(QAT_OBSERVING, CONVERSION, EXPORT);
            case CONVERSION -> EnumSet.of(VERIFICATION);
            case VERIFICATION -> EnumSet.of(EXPORT);
            case EXPORT -> EnumSet.noneOf(Phase.class);
        };
    }

    /// Whether weights change in it.
    public boolean trains() {
        return this == WARM_UP || this == QAT_OBSERVING || this == QAT_FROZEN;
    }
}
