package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.ionforge.compute.text.TextColumns;
import org.ionforge.compute.text.TextColumns.Field;

/// The lines of a chunk that look as the archive writes them, read by native code straight into columns. What it leaves (quotes, odd
/// numbers, tokens not met before) is [SpotParser]'s, and so is the definition: what is read here, it would read the same.
final class UsualLines implements AutoCloseable {

    private static final List<SpotColumns.Field> COLUMNS = Arrays.asList(SpotColumns.Field.ID, SpotColumns.Field.TIME,
            SpotColumns.Field.REPORTER, SpotColumns.Field.REPORTER_GRID, SpotColumns.Field.SNR, SpotColumns.Field.FREQUENCY,
            SpotColumns.Field.CALLSIGN, SpotColumns.Field.GRID, SpotColumns.Field.POWER, SpotColumns.Field.DRIFT, SpotColumns.Field.DISTANCE,
            SpotColumns.Field.AZIMUTH, null, SpotColumns.Field.VERSION, SpotColumns.Field.CODE);
    private static final int MEGAHERTZ = 5;

    private final TextColumns columns;
    private Arena arena = Arena.ofConfined();
    private SpotColumns spots = new SpotColumns(MemorySegment.NULL, 0, 0);

    UsualLines(TokenCache calls, TokenCache grids, TokenCache versions) {
        Field call = new Field.Token(calls.table());
        Field grid = new Field.Token(grids.table());
        columns = new TextColumns(List.of(
                new Field.Whole(8, 0, Long.MAX_VALUE, false), new Field.Whole(4, 1, 0xffff_ffffL, false), call, grid,
                new Field.Whole(1, SpotParser.LEAST_SNR, SpotParser.MOST_SNR, false), new Field.Millionths(Bands.EDGES, Bands.BEYOND_EDGE), call, grid,
                new Field.Whole(1, SpotParser.LEAST_POWER, SpotParser.MOST_POWER, false),
                new Field.Whole(1, Byte.MIN_VALUE, Byte.MAX_VALUE, true), new Field.Whole(4, 0, SpotParser.MOST_KM, false),
                new Field.Whole(2, 0, SpotParser.MOST_DEGREES, false), new Field.Skipped(), new Field.Token(versions.table()),
                new Field.Whole(4, -9_999_999, 99_999_999, true)));
    }

    /// Reads the first `length` bytes of a chunk, whole lines.
    void read(Chunk chunk, int length) {
        if (spots.capacity() < chunk.lines()) {
            reserve(Math.ceilDiv(chunk.lines() + chunk.lines() / 4, 64) * 64);
        }
        columns.read(chunk.memory(), chunk.start(), length, chunk.lines());
        long first = SpotColumns.origin(chunk.source(), chunk.firstLine());
        for (int row = 0, rows = columns.rows(); row < rows; row++) {
            spots.setOrigin(row, first + columns.line(row));
        }
    }

    private void reserve(int capacity) {
        arena.close();
        arena = Arena.ofConfined();
        spots = new SpotColumns(arena.allocate((long) capacity * SpotColumns.ROW_BYTES, 64), 0, capacity);
        for (int i = 0; i < COLUMNS.size(); i++) {
            if (COLUMNS.get(i) != null) {
                columns.into(i, spots.memory().asSlice(spots.start(COLUMNS.get(i))));
            }
        }
        columns.classesInto(MEGAHERTZ, spots.memory().asSlice(spots.start(SpotColumns.Field.BAND)));
    }

    /// What was read: the first [#count()] rows.
    SpotColumns spots() {
        return spots;
    }

    int count() {
        return columns.rows();
    }

    /// Lines that were left, none of them blank.
    int left() {
        return columns.left();
    }

    /// Number of a left line in the chunk, from 0.
    int leftLine(int i) {
        return columns.leftLine(i);
    }

    /// Where a left line starts in the chunk.
    int leftStart(int i) {
        return columns.leftStart(i);
    }

    /// Where its line feed is.
    int leftEnd(int i) {
        return columns.leftEnd(i);
    }

    @Override
    public void close() {
        columns.close();
        arena.close();
    }
}
