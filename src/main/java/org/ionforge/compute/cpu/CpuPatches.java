package org.ionforge.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_patches_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Patches;

/// `native/src/patches.cpp`.
final class CpuPatches implements Patches {

    @Override
    public void gather(Shape shape, Buffer maps, Buffer rows) {
        Patches.checkGather(shape, maps, rows);
        try (Arena arena = Arena.ofConfined()) {
            ionforge_patches_h.ionforge_patches_gather(of(shape, arena), maps.host(), kind(maps.type()), rows.host(), kind(rows.type()));
        }
    }

    @Override
    public void scatter(Shape shape, Buffer rows, Buffer maps) {
        Patches.checkScatter(shape, rows, maps);
        try (Arena arena = Arena.ofConfined()) {
            ionforge_patches_h.ionforge_patches_scatter(of(shape, arena), rows.host(), maps.host());
        }
    }

    static MemorySegment of(Shape shape, Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, shape.images(), shape.height(), shape.width(), shape.channels(), shape.pool(),
                shape.kernelHeight(), shape.kernelWidth(), shape.stride(), shape.padding());
    }

    static int kind(ElementType type) {
        return switch (type) {
            case U32 -> ionforge_patches_h.IONFORGE_MAP_BITS;
            case U8 -> ionforge_patches_h.IONFORGE_MAP_U8;
            case F32 -> ionforge_patches_h.IONFORGE_MAP_F32;
            default -> throw new IllegalArgumentException("no map of " + type);
        };
    }
}
