package org.ionforge.ionis;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.ionforge.errors.InputException;
import org.ionforge.errors.JobException;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockReader;
import org.ionforge.vault.Column;
import org.ionforge.vault.Vault;

/// The vault's signatures in columns, in a fixed order: those with SFI and Kp, of the bands that a variant knows.
///
/// @param period     year · 100 + month
/// @param txGrid     four characters a row
/// @param rxGrid     four characters a row
/// @param medianSnr  dB in 2500 Hz
/// @param sfi        mean over the spots, sfu
/// @param distanceKm great circle
/// @param azimuthDeg circular mean, at the transmitter
record Signatures(int rows, int[] period, byte[] hour, short[] band, byte[] txGrid, byte[] rxGrid, int[] spotCount,
                  float[] medianSnr, float[] sfi, float[] kp, float[] distanceKm, float[] azimuthDeg) {

    static final int GRID = 4;

    private static Signatures ofSize(int n) {
        return new Signatures(n, new int[n], new byte[n], new short[n], new byte[n * GRID], new byte[n * GRID], new int[n],
                new float[n], new float[n], new float[n], new float[n], new float[n]);
    }

    int month(int row) {
        return period[row] % 100;
    }

    /// The four characters of one of the grid columns as one number.
    int code(byte[] grids, int row) {
        int at = row * GRID;
        return grids[at] << 24 | grids[at + 1] << 16 | grids[at + 2] << 8 | grids[at + 3];
    }

    String text(byte[] grids, int row) {
        return new String(grids, row * GRID, GRID, StandardCharsets.ISO_8859_1);
    }

    /// Reads them all. The key of the table is in the order, so the same table gives the same rows in the same order.
    ///
    /// @throws InputException if there are none
    static Signatures read(Vault vault, Variant variant) {
        String from = " FROM signatures WHERE avg_sfi IS NOT NULL AND avg_kp IS NOT NULL AND band IN ("
                + variant.bands().stream().map(b -> Integer.toString(b.id())).collect(Collectors.joining(",")) + ")";
        long count = vault.number("SELECT toUInt64(count())" + from);
        if (count == 0) {
            throw new InputException(vault.description() + " has no signatures with SFI and Kp to train on ("
                    + vault.number("SELECT toUInt64(count()) FROM signatures") + " in all): run refine with --solar first");
        }
        if (count > Integer.MAX_VALUE / GRID) {
            throw new InputException(vault.description() + " has " + count + " signatures; one training takes at most "
                    + Integer.MAX_VALUE / GRID);
        }
        Signatures signatures = ofSize((int) count);
        int rows = 0;
        try (BlockReader reader = vault.query("SELECT toUInt32(year * 100 + month) AS period, hour, band, tx_grid_4, rx_grid_4, spot_count,"
                + " median_snr, assumeNotNull(avg_sfi) AS sfi, assumeNotNull(avg_kp) AS kp, avg_distance, avg_azimuth" + from
                + " ORDER BY period, hour, band, tx_grid_4, rx_grid_4, sfi_class")) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                if (block.rows() > count - rows) {
                    throw changed(vault);
                }
                signatures.take(block, rows);
                rows += block.rows();
            }
        }
        if (rows != count) {
            throw changed(vault);
        }
        return signatures;
    }

    private static JobException changed(Vault vault) {
        return new JobException("the signatures in " + vault.description() + " changed while they were read; end the other job and start again");
    }

    private void take(Block block, int at) {
        Column periods = block.column("period");
        Column hours = block.column("hour");
        Column bands = block.column("band");
        Column counts = block.column("spot_count");
        for (int i = 0; i < block.rows(); i++) {
            period[at + i] = (int) periods.longAt(i);
            hour[at + i] = (byte) hours.longAt(i);
            band[at + i] = (short) bands.longAt(i);
            spotCount[at + i] = (int) counts.longAt(i);
        }
        copy(block, "median_snr", medianSnr, at);
        copy(block, "sfi", sfi, at);
        copy(block, "kp", kp, at);
        copy(block, "avg_distance", distanceKm, at);
        copy(block, "avg_azimuth", azimuthDeg, at);
        MemorySegment.copy(fixed(block, "tx_grid_4", GRID), ValueLayout.JAVA_BYTE, 0, txGrid, at * GRID, block.rows() * GRID);
        MemorySegment.copy(fixed(block, "rx_grid_4", GRID), ValueLayout.JAVA_BYTE, 0, rxGrid, at * GRID, block.rows() * GRID);
    }

    private static void copy(Block block, String name, float[] target, int at) {
        MemorySegment.copy(fixed(block, name, Float.BYTES), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, target, at, block.rows());
    }

    private static MemorySegment fixed(Block block, String name, int width) {
        if (block.column(name) instanceof Column.Fixed column && column.width() == width) {
            return column.data();
        }
        throw new IllegalStateException("column " + name + " of signatures is " + block.column(name).type());
    }
}
