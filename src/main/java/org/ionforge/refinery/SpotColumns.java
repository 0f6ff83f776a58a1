package org.ionforge.refinery;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Spots as a struct of arrays off the heap: a stretch of memory that holds each column for `capacity` rows, one column after
/// the other. Texts are numbers of a [TextDictionary]. 63 bytes a row.
record SpotColumns(MemorySegment memory, long base, int capacity) {

    /// Where a spot came from: source index in the upper 24 bits, line (from 1; 0 for rows of the vault) in the lower 40.
    /// Smaller origins win when two rows are duplicates.
    static final int LINE_BITS = 40;

    /// Columns in order of their width, so that all are aligned where the capacity is a multiple of 8.
    enum Field {
        FREQUENCY(8, 0), ID(8, SpotColumns.ID), ORIGIN(8, SpotColumns.ORIGIN), TIME(4, SpotColumns.TIME), REPORTER(4, SpotColumns.REPORTER),
        CALLSIGN(4, SpotColumns.CALLSIGN), REPORTER_GRID(4, SpotColumns.REPORTER_GRID), GRID(4, SpotColumns.GRID),
        VERSION(4, SpotColumns.VERSION), DISTANCE(4, SpotColumns.DISTANCE), CODE(4, SpotColumns.CODE), AZIMUTH(2, SpotColumns.AZIMUTH),
        BAND(2, SpotColumns.BAND), SNR(1, SpotColumns.SNR), POWER(1, SpotColumns.POWER), DRIFT(1, SpotColumns.DRIFT);

        /// Bytes of a value.
        final int width;
        /// Bytes of a row in the columns before.
        final int before;

        Field(int width, int before) {
            this.width = width;
            this.before = before;
        }
    }

    static final Field[] FIELDS = Field.values();
    static final int ROW_BYTES = 63;

    private static final int ID = 8;
    private static final int ORIGIN = 16;
    private static final int TIME = 24;
    private static final int REPORTER = 28;
    private static final int CALLSIGN = 32;
    private static final int REPORTER_GRID = 36;
    private static final int GRID = 40;
    private static final int VERSION = 44;
    private static final int DISTANCE = 48;
    private static final int CODE = 52;
    private static final int AZIMUTH = 56;
    private static final int BAND = 58;
    private static final int SNR = 60;
    private static final int POWER = 61;
    private static final int DRIFT = 62;

    static long origin(int source, long line) {
        return (long) source << LINE_BITS | line;
    }

    static int sourceOf(long origin) {
        return (int) (origin >>> LINE_BITS);
    }

    void set(int row, Spot spot) {
        memory.set(JAVA_LONG_UNALIGNED, at(0, 8, row), spot.frequency);
        memory.set(JAVA_LONG_UNALIGNED, at(ID, 8, row), spot.id);
        memory.set(JAVA_LONG_UNALIGNED, at(ORIGIN, 8, row), spot.origin);
        memory.set(JAVA_INT_UNALIGNED, at(TIME, 4, row), spot.time);
        memory.set(JAVA_INT_UNALIGNED, at(REPORTER, 4, row), spot.reporter);
        memory.set(JAVA_INT_UNALIGNED, at(CALLSIGN, 4, row), spot.callsign);
        memory.set(JAVA_INT_UNALIGNED, at(REPORTER_GRID, 4, row), spot.reporterGrid);
        memory.set(JAVA_INT_UNALIGNED, at(GRID, 4, row), spot.grid);
        memory.set(JAVA_INT_UNALIGNED, at(VERSION, 4, row), spot.version);
        memory.set(JAVA_INT_UNALIGNED, at(DISTANCE, 4, row), spot.distance);
        memory.set(JAVA_INT_UNALIGNED, at(CODE, 4, row), spot.code);
        memory.set(JAVA_SHORT_UNALIGNED, at(AZIMUTH, 2, row), (short) spot.azimuth);
        memory.set(JAVA_SHORT_UNALIGNED, at(BAND, 2, row), (short) spot.band);
        memory.set(JAVA_BYTE, at(SNR, 1, row), (byte) spot.snr);
        memory.set(JAVA_BYTE, at(POWER, 1, row), (byte) spot.power);
        memory.set(JAVA_BYTE, at(DRIFT, 1, row), (byte) spot.drift);
    }

    void setOrigin(int row, long origin) {
        memory.set(JAVA_LONG_UNALIGNED, at(ORIGIN, 8, row), origin);
    }

    void get(int row, Spot spot) {
        spot.frequency = frequency(row);
        spot.id = memory.get(JAVA_LONG_UNALIGNED, at(ID, 8, row));
        spot.origin = origin(row);
        spot.time = time(row);
        spot.reporter = reporter(row);
        spot.callsign = callsign(row);
        spot.reporterGrid = memory.get(JAVA_INT_UNALIGNED, at(REPORTER_GRID, 4, row));
        spot.grid = memory.get(JAVA_INT_UNALIGNED, at(GRID, 4, row));
        spot.version = memory.get(JAVA_INT_UNALIGNED, at(VERSION, 4, row));
        spot.distance = memory.get(JAVA_INT_UNALIGNED, at(DISTANCE, 4, row));
        spot.code = memory.get(JAVA_INT_UNALIGNED, at(CODE, 4, row));
        spot.azimuth = memory.get(JAVA_SHORT_UNALIGNED, at(AZIMUTH, 2, row));
        spot.band = band(row);
        spot.snr = memory.get(JAVA_BYTE, at(SNR, 1, row));
        spot.power = memory.get(JAVA_BYTE, at(POWER, 1, row));
        spot.drift = memory.get(JAVA_BYTE, at(DRIFT, 1, row));
    }

    long frequency(int row) {
        return memory.get(JAVA_LONG_UNALIGNED, at(0, 8, row));
    }

    long origin(int row) {
        return memory.get(JAVA_LONG_UNALIGNED, at(ORIGIN, 8, row));
    }

    /// Unix seconds, unsigned.
    int time(int row) {
        return memory.get(JAVA_INT_UNALIGNED, at(TIME, 4, row));
    }

    int reporter(int row) {
        return memory.get(JAVA_INT_UNALIGNED, at(REPORTER, 4, row));
    }

    int callsign(int row) {
        return memory.get(JAVA_INT_UNALIGNED, at(CALLSIGN, 4, row));
    }

    /// Index in [Bands#ALL].
    int band(int row) {
        return memory.get(JAVA_SHORT_UNALIGNED, at(BAND, 2, row));
    }

    /// Copies the rows `[first, first + rows)` of `from` to rows `[at, at + rows)` of this.
    void copy(SpotColumns from, int first, int rows, int at) {
        for (Field field : FIELDS) {
            MemorySegment.copy(from.memory, from.start(field) + (long) first * field.width, memory, start(field) + (long) at * field.width,
                    (long) rows * field.width);
        }
    }

    /// Where a column begins in [#memory()].
    long start(Field field) {
        return base + (long) field.before * capacity;
    }

    private long at(int prefix, int width, int row) {
        return base + (long) prefix * capacity + (long) width * row;
    }
}
