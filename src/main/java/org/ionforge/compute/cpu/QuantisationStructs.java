package org.ionforge.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_quantisation_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantisationScheme.Range;
import org.ionforge.compute.QuantisationScheme.Rounding;

/// The structs of `native/include/ionforge_quantisation.h` for the time of one call.
record QuantisationStructs(Arena arena) implements AutoCloseable {

    QuantisationStructs() {
        this(Arena.ofConfined());
    }

    MemorySegment of(Channels channels) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, channels.count(), channels.length(), channels.stride());
    }

    MemorySegment of(QuantisationScheme scheme) {
        StructLayout layout = ionforge_quantisation_h.ionforge_quantisation_scheme;
        MemorySegment struct = arena.allocate(layout);
        int[] members = {scheme.lowest(), scheme.highest(), scheme.bits(), scheme.range() == Range.AFFINE ? 1 : 0,
            scheme.rounding() == Rounding.ZERO_POINT_WITHIN ? 1 : 0, scheme.scaleRule().ordinal()};
        MemorySegment.copy(members, 0, struct, ValueLayout.JAVA_INT, 0, members.length);
        struct.set(ValueLayout.JAVA_FLOAT, layout.byteSize() - Float.BYTES, scheme.smallestScale());
        return struct;
    }

    MemorySegment of(FakeQuantisation.Scales scales) {
        return addresses(scales.scale(), scales.zeroPoint());
    }

    MemorySegment of(FakeQuantisation.Outputs outputs) {
        return addresses(outputs.values(), outputs.codes(), outputs.packed(), outputs.mask());
    }

    MemorySegment of(FakeQuantisation.StepGradients gradients) {
        return addresses(gradients.x(), gradients.scale(), gradients.zeroPoint());
    }

    /// One pointer after the other, null where there is no buffer.
    private MemorySegment addresses(Buffer... buffers) {
        MemorySegment struct = arena.allocate(ValueLayout.ADDRESS, buffers.length);
        for (int i = 0; i < buffers.length; i++) {
            struct.setAtIndex(ValueLayout.ADDRESS, i, buffers[i] == null ? MemorySegment.NULL : buffers[i].host());
        }
        return struct;
    }

    @Override
    public void close() {
        arena.close();
    }
}
