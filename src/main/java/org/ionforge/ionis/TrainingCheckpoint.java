package org.ionforge.ionis;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.ionforge.export.Checkpoint;
import org.ionforge.training.EpochRecord;

/// Everything a training needs to go on as if it had never stopped: weights, both moments of AdamW, the best weights so far,
/// and where it stands. One safetensors file, written whole or not at all.
///
/// @param configuration what must be the same for the same bits, by name
/// @param position      where the run stands
/// @param parameters    F32 `[P]`, as are the next three
/// @param m             first moments
/// @param v             second moments
/// @param best          weights of the best epoch; those of the start before the first epoch has ended
record TrainingCheckpoint(Map<String, String> configuration, Position position, float[] parameters, float[] m, float[] v, float[] best) {

    private static final String FORMAT = "ionforge training checkpoint 1";

    /// Where a run stands.
    ///
    /// @param epoch     epochs that have ended
    /// @param rows      training rows of the epoch under way that are done
    /// @param step      optimiser steps done in all
    /// @param loss      sum over those rows of the loss
    /// @param huber     sum over those rows of its Huber part
    /// @param bestEpoch from 1; 0 before the first has ended
    /// @param bestHuber validation loss of the best epoch
    /// @param history   of the epochs that have ended
    record Position(int epoch, int rows, long step, double loss, double huber, int bestEpoch, double bestHuber, List<EpochRecord> history) {

        static final Position START = new Position(0, 0, 0, 0, 0, 0, Double.POSITIVE_INFINITY, List.of());

        Position {
            history = List.copyOf(history);
        }
    }

    /// @throws org.ionforge.errors.EnvironmentException if the file cannot be written; the one before it is then untouched
    void write(Path file) {
        SequencedMap<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put("parameters", parameters);
        arrays.put("adamw.m", m);
        arrays.put("adamw.v", v);
        arrays.put("best", best);
        new Checkpoint<>(configuration, position, arrays).write(file, FORMAT);
    }

    /// Reads a checkpoint that belongs to this very training.
    ///
    /// @param configuration what the run would be started with now
    /// @throws org.ionforge.errors.InputException if the file is no checkpoint, or one of another training: the message names what differs
    static TrainingCheckpoint read(Path file, Map<String, String> configuration, int parameters) {
        Checkpoint<Position> read = Checkpoint.read(file, FORMAT, configuration, Position.class,
                Map.of("parameters", parameters, "adamw.m", parameters, "adamw.v", parameters, "best", parameters));
        Map<String, float[]> arrays = read.arrays();
        return new TrainingCheckpoint(configuration, read.position(), arrays.get("parameters"), arrays.get("adamw.m"), arrays.get("adamw.v"),
                arrays.get("best"));
    }
}
