package org.ionforge.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.ionforge.errors.InputException;

/// Everything a training needs to go on as if it had never stopped, as one safetensors file that is written whole or not at all.
///
/// @param <P>           what says where the run stands, a record that JSON can hold
/// @param configuration what must be the same for the same bits, by name
/// @param arrays        F32 `[n]` each, by name
public record Checkpoint<P>(Map<String, String> configuration, P position, SequencedMap<String, float[]> arrays) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// @param format says what kind of checkpoint it is
    /// @throws org.ionforge.errors.EnvironmentException if the file cannot be written; the one before it is then untouched
    public void write(Path file, String format) {
        try {
            Map<String, String> metadata = new TreeMap<>(configuration);
            metadata.put("format", format);
            metadata.put("position", JSON.writeValueAsString(position));
            List<Safetensors.Tensor> tensors = new ArrayList<>();
            arrays.forEach((name, values) -> tensors.add(new Safetensors.Tensor(name, Safetensors.DType.F32,
                    List.of((long) values.length), MemorySegment.ofArray(values))));
            Safetensors.write(file, metadata, tensors);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a position is always JSON", e);
        }
    }

    /// Reads a checkpoint that belongs to this very training.
    ///
    /// @param configuration what the run would be started with now
    /// @param lengths       of the arrays that must be there
    /// @throws InputException if the file is no such checkpoint, or one of another training: the message names what differs
    public static <P> Checkpoint<P> read(Path file, String format, Map<String, String> configuration, Class<P> position,
                                         Map<String, Integer> lengths) {
        try (Safetensors tensors = Safetensors.open(file)) {
            Map<String, String> metadata = tensors.metadata();
            if (!format.equals(metadata.get("format"))) {
                throw new InputException(file + " is not a training checkpoint");
            }
            configuration.forEach((name, value) -> {
                if (!value.equals(metadata.get(name))) {
                    throw new InputException("cannot resume " + file + ": its " + name + " is " + metadata.get(name) + ", asked for is "
                            + value + "; resume with the same data and options, or train anew into another folder");
                }
            });
            SequencedMap<String, float[]> arrays = new LinkedHashMap<>();
            new TreeMap<>(lengths).forEach((name, length) -> arrays.put(name, array(tensors, name, length)));
            return new Checkpoint<>(configuration, JSON.readValue(metadata.getOrDefault("position", ""), position), arrays);
        } catch (JsonProcessingException e) {
            throw new InputException(file + ": its metadata 'position' cannot be read: " + e.getOriginalMessage(), e);
        }
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
