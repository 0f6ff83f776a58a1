package org.ionforge.refinery;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.ionforge.refinery.SpotColumns.Field;

/// Spots in the order of the tables, each column in an array of its own: gathered once, read by everything after it. Used by one
/// thread; the arrays are reused, and only the first `count` values are valid.
final class OrderedSpots {

    private static final int[] BAND_NUMBERS = Bands.ALL.stream().mapToInt(Bands.Band::number).toArray();

    int count;
    long[] frequency = {};
    long[] id = {};
    long[] origin = {};
    int[] time = {};
    int[] reporter = {};
    int[] callsign = {};
    int[] reporterGrid = {};
    int[] grid = {};
    int[] version = {};
    int[] distance = {};
    int[] code = {};
    short[] azimuth = {};
    /// House numbers.
    short[] band = {};
    byte[] snr = {};
    byte[] power = {};
    byte[] drift = {};

    /// Takes the rows `order[first, first + rows)`.
    void take(SpotColumns spots, int[] order, int first, int rows) {
        reserve(rows);
        count = rows;
        gather(spots, Field.FREQUENCY, order, first, frequency);
        gather(spots, Field.ID, order, first, id);
        gather(spots, Field.ORIGIN, order, first, origin);
        gather(spots, Field.TIME, order, first, time);
        gather(spots, Field.REPORTER, order, first, reporter);
        gather(spots, Field.CALLSIGN, order, first, callsign);
        gather(spots, Field.REPORTER_GRID, order, first, reporterGrid);
        gather(spots, Field.GRID, order, first, grid);
        gather(spots, Field.VERSION, order, first, version);
        gather(spots, Field.DISTANCE, order, first, distance);
        gather(spots, Field.CODE, order, first, code);
        gather(spots, Field.AZIMUTH, order, first, azimuth);
        gather(spots, Field.BAND, order, first, band);
        for (int i = 0; i < rows; i++) {
            band[i] = (short) BAND_NUMBERS[band[i]];
        }
        gather(spots, Field.SNR, order, first, snr);
        gather(spots, Field.POWER, order, first, power);
        gather(spots, Field.DRIFT, order, first, drift);
    }

    private void reserve(int rows) {
        if (frequency.length >= rows) {
            return;
        }
        int n = rows + rows / 8;
        frequency = new long[n];
        id = new long[n];
        origin = new long[n];
        time = new int[n];
        reporter = new int[n];
        callsign = new int[n];
        reporterGrid = new int[n];
        grid = new int[n];
        version = new int[n];
        distance = new int[n];
        code = new int[n];
        azimuth = new short[n];
        band = new short[n];
        snr = new byte[n];
        power = new byte[n];
        drift = new byte[n];
    }

    private void gather(SpotColumns spots, Field field, int[] order, int first, long[] to) {
        MemorySegment memory = spots.memory();
        long base = spots.start(field);
        for (int i = 0; i < count; i++) {
            to[i] = memory.get(JAVA_LONG_UNALIGNED, base + 8L * order[first + i]);
        }
    }

    private void gather(SpotColumns spots, Field field, int[] order, int first, int[] to) {
        MemorySegment memory = spots.memory();
        long base = spots.start(field);
        for (int i = 0; i < count; i++) {
            to[i] = memory.get(JAVA_INT_UNALIGNED, base + 4L * order[first + i]);
        }
    }

    private void gather(SpotColumns spots, Field field, int[] order, int first, short[] to) {
        MemorySegment memory = spots.memory();
        long base = spots.start(field);
        for (int i = 0; i < count; i++) {
            to[i] = memory.get(JAVA_SHORT_UNALIGNED, base + 2L * order[first + i]);
        }
    }

    private void gather(SpotColumns spots, Field field, int[] order, int first, byte[] to) {
        MemorySegment memory = spots.memory();
        long base = spots.start(field);
        for (int i = 0; i < count; i++) {
            to[i] = memory.get(JAVA_BYTE, base + order[first + i]);
        }
    }
}
