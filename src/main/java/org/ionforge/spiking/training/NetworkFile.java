package org.ionforge.spiking.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.compute.Backend;
import org.ionforge.compute.JavaArrays;
import org.ionforge.errors.InputException;
import org.ionforge.export.Safetensors;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.SpikingNetwork;

/// A network in floats as one safetensors file: every tensor of its [ParameterTable] under its name, and in the metadata what its
/// neurons do (`network`) and how it quantises (`plan`), as JSON.
///
/// @param options    of the network
/// @param plan       it was trained for; floats only if nothing is quantised
/// @param parameters flat, as the table says
public record NetworkFile(NetworkOptions options, QuantisationPlan plan, float[] parameters) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String FORMAT = "ionforge spiking network 1";

    /// What a network is now.
    public static NetworkFile of(SpikingNetwork network) {
        return new NetworkFile(network.options(), network.plan(), JavaArrays.floats(network.parameters()));
    }

    /// @param notes further metadata
    public void write(Path file, Map<String, String> notes) {
        Map<String, String> metadata = new TreeMap<>(notes);
        metadata.put("format", FORMAT);
        try {
            metadata.put("network", JSON.writeValueAsString(options));
            metadata.put("plan", JSON.writeValueAsString(plan));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("options and plans are always JSON", e);
        }
        MemorySegment all = MemorySegment.ofArray(parameters);
        List<Safetensors.Tensor> tensors = new ArrayList<>();
        for (ParameterTable.Entry entry : new ParameterTable(options).entries()) {
            List<Long> shape = entry.kind() == ParameterTable.Kind.WEIGHT ? List.of((long) entry.rows(), (long) entry.columns()) : List.of((long) entry.rows());
            tensors.add(new Safetensors.Tensor(entry.name(), Safetensors.DType.F32, shape,
                    all.asSlice(entry.offset() * Float.BYTES, entry.length() * Float.BYTES)));
        }
        Safetensors.write(file, metadata, tensors);
    }

    /// @throws InputException if the file is no such network; the message names the tensor
    public static NetworkFile read(Path file) {
        try (Safetensors tensors = Safetensors.open(file)) {
            if (!FORMAT.equals(tensors.metadata().get("format"))) {
                throw new InputException(file + " is no spiking network of ours: its format is " + tensors.metadata().get("format"));
            }
            NetworkOptions options = JSON.readValue(tensors.metadata().getOrDefault("network", ""), NetworkOptions.class);
            QuantisationPlan plan = JSON.readValue(tensors.metadata().getOrDefault("plan", ""), QuantisationPlan.class);
            ParameterTable table = new ParameterTable(options);
            float[] parameters = new float[Math.toIntExact(table.length())];
            for (ParameterTable.Entry entry : table.entries()) {
                Safetensors.Tensor tensor = tensors.tensor(entry.name())
                        .orElseThrow(() -> new InputException(file + ": missing tensor " + entry.name()));
                if (tensor.type() != Safetensors.DType.F32 || tensor.data().byteSize() != entry.length() * Float.BYTES) {
                    throw new InputException(file + ": tensor " + entry.name() + " is " + tensor.type() + tensor.shape() + ", needed is F32["
                            + entry.length() + "]");
                }
                MemorySegment.copy(tensor.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, parameters, (int) entry.offset(), (int) entry.length());
            }
            return new NetworkFile(options, plan, parameters);
        } catch (JsonProcessingException e) {
            throw new InputException(file + ": its metadata cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    /// The network on a backend, quantising as it was trained to; the caller closes it.
    public SpikingNetwork load(Backend backend, int batch) {
        SpikingNetwork network = new SpikingNetwork(backend, options, batch);
        JavaArrays.replace(network.parameters(), parameters);
        network.quantise(plan);
        return network;
    }
}
