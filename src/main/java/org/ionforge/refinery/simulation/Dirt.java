package org.ionforge.refinery.simulation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The ways in which the simulator spoils a row, all of them seen in real archives. `refused` says whether a careful reader
/// must refuse the row; the others are good rows in an unusual dress.
public enum Dirt {
    /// The same spot again under another id.
    DUPLICATE(false),
    /// Calls in double quotes.
    QUOTED(false),
    /// Line ends with CR LF.
    CRLF(false),
    /// A decoded hash in angle brackets, `<DL1ABC>`.
    HASHED_CALL(false),
    /// A hash that nobody could resolve: `<...>`.
    UNRESOLVED_CALL(true),
    /// A transmitter grid that is no Maidenhead locator.
    BAD_GRID(true),
    /// No reporter grid at all.
    EMPTY_GRID(true),
    /// SNR of 99 dB.
    SNR_OUT_OF_RANGE(true),
    /// Power of 99 dBm.
    POWER_OUT_OF_RANGE(true),
    /// Frequency of 0 MHz.
    ZERO_FREQUENCY(true),
    /// Text where the SNR should be.
    NOT_A_NUMBER(true),
    /// Only the first nine columns.
    SHORT_LINE(true),
    /// A line of column names at the top of a file.
    HEADER(true);

    /// Share of rows that are spoilt.
    static final double RATE = 0.01;
    static final byte[] HEADER_LINE = ("spot_id,timestamp,reporter,reporter_grid,snr,frequency,call_sign,grid,power,drift,"
            + "distance,azimuth,band,version,code\n").getBytes(StandardCharsets.US_ASCII);

    private static final String[] BAD_GRIDS = {"ZZ99zz", "IO9", "AA0000", "JN5!", "SJ22ab", "IO91zz", "AAAA"};
    private static final Dirt[] OF_ROWS = {DUPLICATE, DUPLICATE, DUPLICATE, QUOTED, CRLF, HASHED_CALL, UNRESOLVED_CALL, BAD_GRID,
        EMPTY_GRID, SNR_OUT_OF_RANGE, POWER_OUT_OF_RANGE, ZERO_FREQUENCY, NOT_A_NUMBER, SHORT_LINE};

    private final boolean refused;

    Dirt(boolean refused) {
        this.refused = refused;
    }

    public boolean refused() {
        return refused;
    }

    static Dirt any(RandomStream random) {
        return OF_ROWS[random.below(OF_ROWS.length)];
    }

    /// The row so spoilt; for a duplicate what follows the row.
    ///
    /// @param line a whole row with its newline
    String spoil(String line, RandomStream random) {
        String[] fields = line.substring(0, line.length() - 1).split(",", -1);
        switch (this) {
            case DUPLICATE -> fields[0] = Long.toString(Long.parseLong(fields[0]) + 1_000_000_000_000L);
            case QUOTED -> {
                fields[2] = '"' + fields[2] + '"';
                fields[6] = '"' + fields[6] + '"';
            }
            case CRLF -> fields[14] += "\r";
            case HASHED_CALL -> fields[6] = '<' + fields[6] + '>';
            case UNRESOLVED_CALL -> fields[6] = "<...>";
            case BAD_GRID -> fields[7] = BAD_GRIDS[random.below(BAD_GRIDS.length)];
            case EMPTY_GRID -> fields[3] = "";
            case SNR_OUT_OF_RANGE -> fields[4] = "99";
            case POWER_OUT_OF_RANGE -> fields[8] = "99";
            case ZERO_FREQUENCY -> fields[5] = "0.000000";
            case NOT_A_NUMBER -> fields[4] = "n/a";
            case SHORT_LINE -> fields = Arrays.copyOf(fields, 9);
            case HEADER -> throw new IllegalStateException("a header is a line of its own");
        }
        return String.join(",", fields) + "\n";
    }
}
