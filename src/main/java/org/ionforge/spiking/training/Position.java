package org.ionforge.spiking.training;

import java.util.List;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.training.PhaseRecord;

/// Where a training stands.
///
/// @param stage   under way, from 0
/// @param epoch   epochs of it that have ended
/// @param samples of the epoch under way that are done
/// @param step    optimiser steps since the rung began
/// @param loss    sum over those samples
/// @param right   right answers among them
/// @param spent   seconds of the stage so far
/// @param history of the epochs that have ended
/// @param phases  that have ended
/// @param health  what the health control has changed
/// @param network its shape, which pruning makes smaller
public record Position(int stage, int epoch, int samples, long step, double loss, double right, double spent, List<EpochFigures> history,
                       List<PhaseRecord> phases, Adjustments health, NetworkShape network) {

    public Position {
        history = List.copyOf(history);
        phases = List.copyOf(phases);
    }

    /// The same after the stage has run so long.
    public Position withSpent(double seconds) {
        return new Position(stage, epoch, samples, step, loss, right, seconds, history, phases, health, network);
    }

    /// The same with another network.
    Position with(NetworkShape shape) {
        return new Position(stage, epoch, samples, step, loss, right, spent, history, phases, health, shape);
    }

    /// Whether the stage has not begun.
    public boolean atStart() {
        return epoch == 0 && samples == 0;
    }
}
