package org.ionforge.spiking.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.ionforge.errors.InputException;

/// A table of numbers: one sample a line, the class (0, 1, …) in the first or the last column; a first line that is no numbers is a
/// heading. Each column is scaled to [0, 1] by a range that belongs to the training data: take it with [#range] and give it to
/// [#read] for every part; values outside it are clamped.
public final class CsvSamples {

    /// Where the class stands.
    public enum LabelColumn { FIRST, LAST }

    /// Lowest and highest value of each column over the training data.
    public record Range(float[] low, float[] high) {

        /// @throws IllegalArgumentException if the two have different lengths
        public Range {
            if (low.length != high.length) {
                throw new IllegalArgumentException(low.length + " lows and " + high.length + " highs");
            }
        }

        float scaled(int column, float value) {
            float width = high[column] - low[column];
            return width > 0 ? Math.clamp((value - low[column]) / width, 0, 1) : 0;
        }
    }

    private static final Pattern NUMBER = Pattern.compile("\\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\\s*");

    private final Path path;
    private final LabelColumn labelColumn;
    private final List<float[]> rows = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    private CsvSamples(Path path, LabelColumn labelColumn) {
        this.path = path;
        this.labelColumn = labelColumn;
    }

    /// The range of each column of a file.
    public static Range range(Path path, LabelColumn labelColumn) {
        CsvSamples table = new CsvSamples(path, labelColumn).parse();
        int columns = table.rows.getFirst().length;
        float[] low = new float[columns];
        float[] high = new float[columns];
        Arrays.fill(low, Float.POSITIVE_INFINITY);
        Arrays.fill(high, Float.NEGATIVE_INFINITY);
        for (float[] row : table.rows) {
            for (int i = 0; i < columns; i++) {
                low[i] = Math.min(low[i], row[i]);
                high[i] = Math.max(high[i], row[i]);
            }
        }
        return new Range(low, high);
    }

    /// @param classes number of classes
    /// @param arena   owns the values
    /// @throws InputException with line and column of what is no number, not finite, no class, or a line of another length
    public static ValueSamples read(Path path, LabelColumn labelColumn, int classes, Range range, Arena arena) {
        CsvSamples table = new CsvSamples(path, labelColumn).parse();
        int columns = table.rows.getFirst().length;
        if (range.low().length != columns) {
            throw new InputException(path + " has " + columns + " columns of values, the training data " + range.low().length);
        }
        byte[] labels = new byte[table.rows.size()];
        MemorySegment values = arena.allocate((long) labels.length * columns * Float.BYTES, 64);
        for (int row = 0; row < labels.length; row++) {
            int label = table.labels.get(row);
            if (label >= classes) {
                throw new InputException(path + ": sample " + (row + 1) + " is of class " + label + ", there are " + classes);
            }
            labels[row] = (byte) label;
            for (int i = 0; i < columns; i++) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * columns + i, range.scaled(i, table.rows.get(row)[i]));
            }
        }
        return new ValueSamples(path.getFileName().toString(), values, labels, classes, 1, 1, columns);
    }

    private CsvSamples parse() {
        try (BufferedReader reader = Files.newBufferedReader(path)) {
            int number = 0;
            for (String line; (line = reader.readLine()) != null; ) {
                number++;
                String[] cells = line.split(",", -1);
                boolean heading = number == 1 && Arrays.stream(cells).noneMatch(cell -> NUMBER.matcher(cell).matches());
                if (!line.isBlank() && !heading) {
                    add(cells, number);
                }
            }
        } catch (IOException e) {
            throw InputException.unreadable(path, e);
        }
        if (rows.isEmpty()) {
            throw new InputException(path + " holds no samples");
        }
        return this;
    }

    private void add(String[] cells, int line) {
        int expected = rows.isEmpty() ? cells.length : rows.getFirst().length + 1;
        if (cells.length < 2 || cells.length != expected) {
            throw new InputException(path + ", line " + line + ": " + cells.length + " columns, expected "
                    + (rows.isEmpty() ? "a class and at least one value" : expected));
        }
        int labelAt = labelColumn == LabelColumn.FIRST ? 0 : cells.length - 1;
        float[] row = new float[cells.length - 1];
        for (int i = 0, to = 0; i < cells.length; i++) {
            if (i == labelAt) {
                labels.add(label(cells[i].strip(), line, i + 1));
            } else {
                row[to++] = value(cells[i].strip(), line, i + 1);
            }
        }
        rows.add(row);
    }

    private int label(String cell, int line, int column) {
        if (!cell.matches("\\d{1,3}") || Integer.parseInt(cell) > 255) {
            throw new InputException(path + ", line " + line + ", column " + column + ": '" + cell + "' is no class (0 to 255)");
        }
        return Integer.parseInt(cell);
    }

    private float value(String cell, int line, int column) {
        try {
            float value = Float.parseFloat(cell);
            if (Float.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, as every value that cannot be used
        }
        throw new InputException(path + ", line " + line + ", column " + column + ": '" + cell + "' is no finite number");
    }
}
