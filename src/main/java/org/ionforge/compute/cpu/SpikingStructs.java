package org.ionforge.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_gemm_h;
import org.ionforge.bindings.cpu.ionforge_spiking_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.Patches;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.SpikingArguments;
import org.ionforge.compute.SpikingLinear;

/// The structs of `native/include/ionforge_spiking.h` and `ionforge_gemm.h` for the time of one call. They start as zeros: no buffer,
/// no quantisation.
record SpikingStructs(Arena arena) implements AutoCloseable {

    SpikingStructs() {
        this(Arena.ofConfined());
    }

    MemorySegment of(Lif.Shape shape) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, shape.steps(), shape.batch(), shape.neurons());
    }

    MemorySegment of(SpikingLinear.Shape shape) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, shape.steps(), shape.batch(), shape.inputs(), shape.neurons());
    }

    MemorySegment of(LifNeurons neurons) {
        MemorySegment struct = arena.allocate(ionforge_spiking_h.ionforge_lif_neurons);
        fill(struct, neurons);
        return struct;
    }

    private static void fill(MemorySegment struct, LifNeurons neurons) {
        addresses(struct, neurons.leak(), neurons.threshold(), neurons.slope(), neurons.offset());
        StructLayout layout = ionforge_spiking_h.ionforge_lif_neurons;
        LifDialect dialect = neurons.dialect();
        set(struct, layout, "per_neuron", bit(0, neurons.leak()) | bit(1, neurons.threshold()) | bit(2, neurons.slope())
                | bit(3, neurons.offset()));
        set(struct, layout, "dialect", neurons.code());
        set(struct, layout, "synapse_decay", dialect.synapseDecay());
        set(struct, layout, "resistance", dialect.resistance());
        set(struct, layout, "rest", dialect.rest());
        set(struct, layout, "initial", dialect.initial());
        set(struct, layout, "reset_value", dialect.resetValue());
        set(struct, layout, "surrogate", neurons.surrogate().code());
        set(struct, layout, "surrogate_slope", neurons.surrogate().slope());
        if (neurons.state() != null) {
            struct.set(ValueLayout.ADDRESS, layout.byteOffset(PathElement.groupElement("levels")), host(neurons.state().table()));
        }
    }

    private static int bit(int at, Buffer parameter) {
        return parameter == null || SpikingArguments.isShared(parameter) ? 0 : 1 << at;
    }

    MemorySegment of(Lif.Currents currents) {
        MemorySegment struct = arena.allocate(ionforge_spiking_h.ionforge_lif_currents);
        addresses(struct, currents.values());
        set(struct, ionforge_spiking_h.ionforge_lif_currents, "bf16", bf16(currents.values()));
        set(struct, ionforge_spiking_h.ionforge_lif_currents, "constant", currents.constant() ? 1 : 0);
        return struct;
    }

    /// The currents that a quantised product makes.
    ///
    /// @param kind of the activations, as the native side numbers them
    MemorySegment of(Buffer activations, int kind, PackedWeights weights, Buffer packed, QuantizedGemm.Spiking epilogue) {
        StructLayout layout = ionforge_gemm_h.ionforge_quantized_currents;
        MemorySegment struct = arena.allocate(layout);
        addresses(struct, activations, packed, epilogue.scale(), epilogue.bias());
        set(struct, layout, "kind", kind);
        set(struct, layout, "bits", weights.format().bits());
        set(struct, layout, "inputs", weights.inputs());
        set(struct, layout, "constant", epilogue.constant() ? 1 : 0);
        fill(part(struct, layout, "current"), epilogue.current());
        return struct;
    }

    MemorySegment of(Lif.Outputs outputs) {
        MemorySegment struct = arena.allocate(ionforge_spiking_h.ionforge_lif_outputs);
        addresses(struct, outputs.spikes(), outputs.counts(), outputs.membrane(), outputs.lastMembrane());
        return struct;
    }

    MemorySegment of(Lif.Upstream upstream) {
        MemorySegment struct = arena.allocate(ionforge_spiking_h.ionforge_lif_upstream);
        fill(struct, upstream);
        return struct;
    }

    private static void fill(MemorySegment struct, Lif.Upstream upstream) {
        addresses(struct, upstream.spikes(), upstream.counts(), upstream.membrane(), upstream.lastMembrane());
    }

    MemorySegment of(Lif.Gradients gradients) {
        MemorySegment struct = arena.allocate(ionforge_spiking_h.ionforge_lif_gradients);
        fill(struct, gradients);
        return struct;
    }

    private static void fill(MemorySegment struct, Lif.Gradients gradients) {
        addresses(struct, gradients.leak(), gradients.threshold(), gradients.slope(), gradients.offset());
    }

    MemorySegment of(SpikingLinear.Layer layer) {
        StructLayout layout = ionforge_spiking_h.ionforge_spiking_layer;
        MemorySegment struct = arena.allocate(layout);
        fill(part(struct, layout, "weights"), layer.weights());
        fill(part(struct, layout, "current"), layer.current());
        fill(part(struct, layout, "neurons"), layer.neurons());
        return struct;
    }

    private static void fill(MemorySegment struct, SpikingLinear.Weights weights) {
        addresses(struct, weights.values(), weights.bias());
        fill(part(struct, ionforge_spiking_h.ionforge_spiking_weights, "quantisation"), weights.quantisation());
    }

    private static void fill(MemorySegment struct, SpikingLinear.Quantisation quantisation) {
        if (quantisation != null) {
            StructLayout layout = ionforge_spiking_h.ionforge_quantisation;
            addresses(struct, quantisation.scale());
            set(struct, layout, "lowest", quantisation.scheme().lowest());
            set(struct, layout, "highest", quantisation.scheme().highest());
            set(struct, layout, "mask", quantisation.mask() ? 1 : 0);
        }
    }

    MemorySegment of(SpikingLinear.Input input) {
        MemorySegment struct = arena.allocate(ionforge_spiking_h.ionforge_spiking_input);
        addresses(struct, input.values());
        set(struct, ionforge_spiking_h.ionforge_spiking_input, "kind", input.kind().ordinal());
        set(struct, ionforge_spiking_h.ionforge_spiking_input, "bf16", bf16(input.values()));
        return struct;
    }

    /// @param maps whose patches are the rows
    MemorySegment of(SpikingLinear.Input maps, Patches.Shape patches) {
        StructLayout layout = ionforge_spiking_h.ionforge_spiking_input;
        MemorySegment struct = arena.allocate(layout);
        addresses(struct, maps.values());
        boolean constant = maps.kind() == SpikingLinear.Input.Kind.CONSTANT;
        set(struct, layout, "kind", (constant ? SpikingLinear.Input.Kind.CONSTANT : SpikingLinear.Input.Kind.SEQUENCE).ordinal());
        struct.set(ValueLayout.ADDRESS, layout.byteOffset(PathElement.groupElement("patches")), CpuPatches.of(patches, arena));
        set(struct, layout, "map_kind", CpuPatches.kind(maps.values().type()));
        return struct;
    }

    MemorySegment of(SpikingLinear.Outputs outputs) {
        MemorySegment struct = arena.allocate(ionforge_spiking_h.ionforge_spiking_outputs);
        Lif.Outputs lif = outputs.lif();
        addresses(struct, lif.spikes(), lif.counts(), lif.membrane(), lif.lastMembrane(), outputs.currents(), outputs.currentRange());
        return struct;
    }

    MemorySegment of(SpikingLinear.Upstream upstream) {
        StructLayout layout = ionforge_spiking_h.ionforge_spiking_upstream;
        MemorySegment struct = arena.allocate(layout);
        if (upstream.lif() != null) {
            fill(part(struct, layout, "lif"), upstream.lif());
        }
        if (upstream.next() != null) {
            struct.set(ValueLayout.ADDRESS, layout.byteOffset(PathElement.groupElement("next_gradient")),
                    upstream.next().currentGradient().host());
            set(struct, layout, "next_neurons", upstream.next().neurons());
            fill(part(struct, layout, "next_weights"), upstream.next().weights());
        }
        return struct;
    }

    MemorySegment of(SpikingLinear.Gradients gradients) {
        StructLayout layout = ionforge_spiking_h.ionforge_spiking_gradients;
        MemorySegment struct = arena.allocate(layout);
        addresses(struct, gradients.weights(), gradients.bias(), gradients.current(), gradients.input());
        fill(part(struct, layout, "lif"), gradients.lif());
        return struct;
    }

    static MemorySegment host(Buffer buffer) {
        return buffer == null ? MemorySegment.NULL : buffer.host();
    }

    /// One pointer after the other from the struct's start on, null where there is no buffer.
    private static void addresses(MemorySegment struct, Buffer... buffers) {
        for (int i = 0; i < buffers.length; i++) {
            struct.setAtIndex(ValueLayout.ADDRESS, i, host(buffers[i]));
        }
    }

    private static void set(MemorySegment struct, StructLayout layout, String member, int value) {
        struct.set(ValueLayout.JAVA_INT, layout.byteOffset(PathElement.groupElement(member)), value);
    }

    private static void set(MemorySegment struct, StructLayout layout, String member, float value) {
        struct.set(ValueLayout.JAVA_FLOAT, layout.byteOffset(PathElement.groupElement(member)), value);
    }

    private static MemorySegment part(MemorySegment struct, StructLayout layout, String member) {
        MemoryLayout of = layout.select(PathElement.groupElement(member));
        return struct.asSlice(layout.byteOffset(PathElement.groupElement(member)), of.byteSize());
    }

    private static int bf16(Buffer values) {
        return values.type() == ElementType.BF16 ? 1 : 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
