package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_patches.h`.
public final class ionforge_patches_h {

    public static final int IONFORGE_MAP_BITS = 0;
    public static final int IONFORGE_MAP_U8 = 1;
    public static final int IONFORGE_MAP_F32 = 2;

    /// `struct ionforge_patches_shape`
    public static final StructLayout ionforge_patches_shape = MemoryLayout.structLayout(ValueLayout.JAVA_INT.withName("images"),
            ValueLayout.JAVA_INT.withName("height"), ValueLayout.JAVA_INT.withName("width"), ValueLayout.JAVA_INT.withName("channels"),
            ValueLayout.JAVA_INT.withName("pool"), ValueLayout.JAVA_INT.withName("kernel_height"),
            ValueLayout.JAVA_INT.withName("kernel_width"), ValueLayout.JAVA_INT.withName("stride"),
            ValueLayout.JAVA_INT.withName("padding"));

    private ionforge_patches_h() {
    }

    private static final class ionforge_patches_gather {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_patches_gather", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    /// `void ionforge_patches_gather(const struct ionforge_patches_shape *shape, const void *maps, int32_t map_kind, void *rows,
    /// int32_t row_kind)`
    public static void ionforge_patches_gather(MemorySegment shape, MemorySegment maps, int mapKind, MemorySegment rows, int rowKind) {
        try {
            ionforge_patches_gather.HANDLE.invokeExact(shape, maps, mapKind, rows, rowKind);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_patches_scatter {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_patches_scatter", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `void ionforge_patches_scatter(const struct ionforge_patches_shape *shape, const float *rows, float *maps)`
    public static void ionforge_patches_scatter(MemorySegment shape, MemorySegment rows, MemorySegment maps) {
        try {
            ionforge_patches_scatter.HANDLE.invokeExact(shape, rows, maps);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
