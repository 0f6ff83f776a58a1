package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_text.h`.
public final class ionforge_text_h {

    public static final int IONFORGE_TEXT_SKIPPED = 0;
    public static final int IONFORGE_TEXT_WHOLE = 1;
    public static final int IONFORGE_TEXT_OPTIONAL = 2;
    public static final int IONFORGE_TEXT_MILLIONTHS = 3;
    public static final int IONFORGE_TEXT_TOKEN = 4;

    /// `struct ionforge_text_column`
    public static final StructLayout ionforge_text_column = MemoryLayout.structLayout(ValueLayout.JAVA_INT.withName("kind"),
            ValueLayout.JAVA_INT.withName("width"), ValueLayout.JAVA_LONG.withName("least"), ValueLayout.JAVA_LONG.withName("most"),
            ValueLayout.ADDRESS.withName("values"), ValueLayout.ADDRESS.withName("table"), ValueLayout.JAVA_LONG.withName("slots"),
            ValueLayout.ADDRESS.withName("edges"), ValueLayout.ADDRESS.withName("classes"), ValueLayout.JAVA_LONG.withName("edge_count"),
            ValueLayout.ADDRESS.withName("class_values"));

    /// `struct ionforge_text_lines`
    public static final StructLayout ionforge_text_lines = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("line"),
            ValueLayout.ADDRESS.withName("left_line"), ValueLayout.ADDRESS.withName("left_start"), ValueLayout.ADDRESS.withName("left_end"),
            ValueLayout.JAVA_LONG.withName("rows"), ValueLayout.JAVA_LONG.withName("left"));

    private ionforge_text_h() {
    }

    private static final class ionforge_inflate_state_bytes {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_inflate_state_bytes",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    }

    /// `int64_t ionforge_inflate_state_bytes(void)`
    public static long ionforge_inflate_state_bytes() {
        try {
            return (long) ionforge_inflate_state_bytes.HANDLE.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_inflate {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_inflate", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `int32_t ionforge_inflate(void *state, const uint8_t *input, int64_t input_length, int32_t last, uint8_t *output, int64_t
    /// history, int64_t room, int64_t *consumed, int64_t *produced)`
    public static int ionforge_inflate(MemorySegment state, MemorySegment input, long inputLength, int last, MemorySegment output,
                                       long history, long room, MemorySegment consumed, MemorySegment produced) {
        try {
            return (int) ionforge_inflate.HANDLE.invokeExact(state, input, inputLength, last, output, history, room, consumed, produced);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_text_columns {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_text_columns", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_text_columns(const uint8_t *text, int64_t length, const struct ionforge_text_column *column, int32_t columns,
    /// struct ionforge_text_lines *lines)`
    public static void ionforge_text_columns(MemorySegment text, long length, MemorySegment column, int columns, MemorySegment lines) {
        try {
            ionforge_text_columns.HANDLE.invokeExact(text, length, column, columns, lines);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
