package org.ionforge.ionis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.errors.InputException;
import org.ionforge.export.Safetensors;
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

    private static final JsonMapper JSON = JsonMapper.builder().build();
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
        try {
            Map<String, String> metadata = new TreeMap<>(configuration);
            metadata.put("format", FORMAT);
            metadata.put("position", JSON.writeValueAsString(position));
            List<Safetensors.Tensor> tensors = new ArrayList<>();
            arrays().forEach((name, values) -> tensors.add(new Safetensors.Tensor(name, Safetensors.DType.F32,
                    List.of((long) values.length), MemorySegment.ofArray(values))));
            Safetensors.write(file, metadata, tensors);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a position is always JSON", e);
        }
    }

    /// Reads a checkpoint that belongs to this very training.
    ///
    /// @param configuration what the run would be started with now
    /// @throws InputException if the file is no checkpoint, or one of another training: the message names what differs
    static TrainingCheckpoint read(Path file, Map<String, String> configuration, int parameters) {
        try (Safetensors tensors = Safetensors.open(file)) {
            Map<String, String> metadata = tensors.metadata();
            if (!FORMAT.equals(metadata.get("format"))) {
                throw new InputException(file + " is not a training checkpoint");
            }
            configuration.forEach((name, value) -> {
                if (!value.equals(metadata.get(name))) {
                    throw new InputException("cannot resume " + file + ": its " + name + " is " + metadata.get(name) + ", asked for is "
                            + value + "; resume with the same data and options, or train anew into another folder");
                }
            });
            return new TrainingCheckpoint(configuration, JSON.readValue(metadata.getOrDefault("position", ""), Position.class),
                    array(tensors, "parameters", parameters), array(tensors, "adamw.m", parameters),
                    array(tensors, "adamw.v", parameters), array(tensors, "best", parameters));
        } catch (JsonProcessingException e) {
            throw new InputException(file + ": its metadata 'position' cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    private Map<String, float[]> arrays() {
        return new TreeMap<>(Map.of("parameters", parameters, "adamw.m", m, "adamw.v", v, "best", best));
    }

    private static float[] array(Safetensors file, String name, int length) {
        Safetensors.Tensor tensor = file.tensor(name)
                .orElseThrow(() -> new InputException(file.file() + ": missing tensor " + name));
        if (tensor.type() != Safetensors.DType.F32 || tensor.data().byteSize() != (long) length * Float.BYTES) {
            throw new InputException(file.file() + ": tensor " + name + " is " + tensor.type() + tensor.shape() + ", needed is F32[" + length + "]");
        }
        float[] values = new float[length];
        MemorySegment.copy(tensor.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, length);
        return values;
    }
}
