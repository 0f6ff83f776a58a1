package org.ionforge.compute.text;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.bindings.cpu.ionforge_text_h;

/// Reads lines of comma-separated text into typed columns off the heap, in native code. Used by one thread.
///
/// It reads what files are full of: lines of less than [#LONGEST_LINE] bytes with enough fields and no quote, each field as its [Field]
/// says. Any other line is left to the caller, who knows the whole language; so what is read in all never depends on how far this code
/// goes.
public final class TextColumns implements AutoCloseable {

    /// Bytes before and after the text that must be readable.
    public static final int MARGIN = 64;

    /// Bytes from which on a line is left.
    public static final int LONGEST_LINE = 1 << 14;

    /// How a field is written. Values outside [least, most] are left.
    public sealed interface Field {

        /// A field that is not read.
        record Skipped() implements Field {
        }

        /// A whole number: digits, at most 16; or, if `most` has at most eight, a sign and at most seven digits.
        ///
        /// @param width    bytes of a value, little-endian
        /// @param optional whether an empty field is 0
        record Whole(int width, long least, long most, boolean optional) implements Field {
        }

        /// One to seven digits, a point and six digits, as U64 millionths; beside it the class of the value as S16.
        ///
        /// @param edges   ascending; a value belongs to the last edge not above it
        /// @param classes of each edge; a negative one is left
        record Millionths(long[] edges, short[] classes) implements Field {
        }

        /// A token that the table has a number for, as S32.
        record Token(TokenTable table) implements Field {
        }
    }

    private static final long COLUMN = ionforge_text_h.ionforge_text_column.byteSize();
    private static final long ROWS = ionforge_text_h.ionforge_text_lines.byteOffset(PathElement.groupElement("rows"));
    private static final long LEFT = ionforge_text_h.ionforge_text_lines.byteOffset(PathElement.groupElement("left"));

    private final Arena arena = Arena.ofConfined();
    private final List<Field> fields;
    private final MemorySegment columns;
    private final MemorySegment lines;
    private Arena lineArena = Arena.ofConfined();
    private MemorySegment line = MemorySegment.NULL;
    private MemorySegment leftLine = MemorySegment.NULL;
    private MemorySegment leftStart = MemorySegment.NULL;
    private MemorySegment leftEnd = MemorySegment.NULL;
    private long capacity;

    /// @param fields of a line, in their order; what follows them in a line is not read
    public TextColumns(List<Field> fields) {
        this.fields = List.copyOf(fields);
        columns = arena.allocate(ionforge_text_h.ionforge_text_column, fields.size());
        lines = arena.allocate(ionforge_text_h.ionforge_text_lines);
        for (int i = 0; i < fields.size(); i++) {
            describe(i);
        }
    }

    /// Whether the native library was built.
    public static boolean isAvailable() {
        return ionforge_cpu_h.isAvailable();
    }

    private void describe(int column) {
        switch (fields.get(column)) {
            case Field.Skipped() -> setInt(column, "kind", ionforge_text_h.IONFORGE_TEXT_SKIPPED);
            case Field.Whole(int width, long least, long most, boolean optional) -> {
                setInt(column, "kind", optional ? ionforge_text_h.IONFORGE_TEXT_OPTIONAL : ionforge_text_h.IONFORGE_TEXT_WHOLE);
                setInt(column, "width", width);
                setLong(column, "least", least);
                setLong(column, "most", most);
            }
            case Field.Millionths(long[] edges, short[] classes) -> {
                setInt(column, "kind", ionforge_text_h.IONFORGE_TEXT_MILLIONTHS);
                setInt(column, "width", Long.BYTES);
                setLong(column, "most", Long.MAX_VALUE);
                setLong(column, "edge_count", edges.length);
                setAddress(column, "edges", arena.allocateFrom(ValueLayout.JAVA_LONG, edges));
                setAddress(column, "classes", arena.allocateFrom(ValueLayout.JAVA_SHORT, classes));
            }
            case Field.Token(_) -> {
                setInt(column, "kind", ionforge_text_h.IONFORGE_TEXT_TOKEN);
                setInt(column, "width", Integer.BYTES);
            }
        }
    }

    /// Where the values of a column go: room for all lines of a text.
    public void into(int column, MemorySegment values) {
        setAddress(column, "values", values);
    }

    /// Where the classes of a column of [Field.Millionths] go.
    public void classesInto(int column, MemorySegment values) {
        setAddress(column, "class_values", values);
    }

    /// Reads whole lines.
    ///
    /// @param memory   the text with [#MARGIN] readable bytes on both sides
    /// @param start    of the text
    /// @param length   of the text, which ends with a line feed
    /// @param maxLines line feeds in it, at most
    public void read(MemorySegment memory, long start, long length, int maxLines) {
        memory.asSlice(start - MARGIN, length + 2L * MARGIN);
        reserve(maxLines);
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i) instanceof Field.Token(TokenTable table)) {
                setAddress(i, "table", table.memory());
                setLong(i, "slots", table.slots());
            }
        }
        ionforge_text_h.ionforge_text_columns(memory.asSlice(start), length, columns, fields.size(), lines);
    }

    private void reserve(int maxLines) {
        if (maxLines > capacity) {
            capacity = maxLines + maxLines / 4;
            lineArena.close();
            lineArena = Arena.ofConfined();
            line = lineArena.allocate(ValueLayout.JAVA_INT, capacity);
            leftLine = lineArena.allocate(ValueLayout.JAVA_INT, capacity);
            leftStart = lineArena.allocate(ValueLayout.JAVA_INT, capacity);
            leftEnd = lineArena.allocate(ValueLayout.JAVA_INT, capacity);
            set("line", line);
            set("left_line", leftLine);
            set("left_start", leftStart);
            set("left_end", leftEnd);
        }
    }

    /// Lines that were read: rows of the columns.
    public int rows() {
        return (int) lines.get(ValueLayout.JAVA_LONG, ROWS);
    }

    /// Number of a row's line in the text, from 0.
    public int line(int row) {
        return line.getAtIndex(ValueLayout.JAVA_INT, row);
    }

    /// Lines that were left, none of them blank.
    public int left() {
        return (int) lines.get(ValueLayout.JAVA_LONG, LEFT);
    }

    /// Number of a left line, from 0.
    public int leftLine(int i) {
        return leftLine.getAtIndex(ValueLayout.JAVA_INT, i);
    }

    /// Where a left line starts, from the start of the text.
    public int leftStart(int i) {
        return leftStart.getAtIndex(ValueLayout.JAVA_INT, i);
    }

    /// Where the line feed of a left line is.
    public int leftEnd(int i) {
        return leftEnd.getAtIndex(ValueLayout.JAVA_INT, i);
    }

    private void setInt(int column, String member, int value) {
        columns.set(ValueLayout.JAVA_INT, column * COLUMN + columnOffset(member), value);
    }

    private void setLong(int column, String member, long value) {
        columns.set(ValueLayout.JAVA_LONG, column * COLUMN + columnOffset(member), value);
    }

    private void setAddress(int column, String member, MemorySegment value) {
        columns.set(ValueLayout.ADDRESS, column * COLUMN + columnOffset(member), value);
    }

    private void set(String member, MemorySegment value) {
        lines.set(ValueLayout.ADDRESS, ionforge_text_h.ionforge_text_lines.byteOffset(PathElement.groupElement(member)), value);
    }

    private static long columnOffset(String member) {
        return ionforge_text_h.ionforge_text_column.byteOffset(PathElement.groupElement(member));
    }

    @Override
    public void close() {
        lineArena.close();
        arena.close();
    }
}
