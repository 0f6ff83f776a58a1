package org.ionforge.refinery;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import org.ionforge.compute.text.TextColumns;

/// Lines of a WSPR archive file to spots.
///
/// A line has 15 or more columns: id, time, reporter, its grid, SNR, MHz, call, its grid, dBm, drift, km, azimuth, band (not
/// read), version, code. Where native code was built it reads the usual lines ([UsualLines]), and the others are read here; else all.
/// Separators are found by [LineIndex]; a line without quotes is read where it lies, a line with quotes is first rewritten by
/// [QuotedLine] and then read the same way. One parser per thread.
final class SpotParser implements AutoCloseable {

    /// What becomes of the rows.
    interface Rows {
        /// An accepted row; the carrier is reused.
        void accept(Spot spot);

        /// The first `count` rows of columns that are reused: accepted rows.
        default void accept(SpotColumns spots, int count) {
            Spot spot = new Spot();
            for (int row = 0; row < count; row++) {
                spots.get(row, spot);
                accept(spot);
            }
        }

        /// A row that was not accepted: its text is `bytes[start, end)`.
        void refuse(QuarantineReason reason, int source, long line, byte[] bytes, int start, int end);
    }

    /// Zero bytes that must follow a text in an array, so that loads of 8 and 16 bytes stay inside.
    static final int PADDING = 32;

    static final int COLUMNS = 15;
    static final int LEAST_SNR = -50;
    static final int MOST_SNR = 50;
    static final int LEAST_POWER = -30;
    static final int MOST_POWER = 60;
    static final int MOST_KM = 50_000;
    static final int MOST_DEGREES = 360;

    private final LineIndex index = new LineIndex();
    private final QuotedLine quotedLine = new QuotedLine();
    private final NumberText numbers = new NumberText();
    private final Spot spot = new Spot();
    private final TokenCache calls;
    private final TokenCache grids;
    private final TokenCache versions;
    private final Rows rows;
    private final Optional<UsualLines> usual;
    private byte[] bytes = {};

    SpotParser(Texts texts, Rows rows) {
        this(texts, rows, TextColumns.isAvailable());
    }

    /// @param natively whether native code reads what it can
    SpotParser(Texts texts, Rows rows, boolean natively) {
        this.calls = new TokenCache(texts.calls(), Sanitiser::call);
        this.grids = new TokenCache(texts.grids(), Sanitiser::grid);
        this.versions = new TokenCache(texts.versions(), Sanitiser::version);
        this.rows = rows;
        this.usual = natively ? Optional.of(new UsualLines(calls, grids, versions)) : Optional.empty();
    }

    /// Parses whole lines; a blank line is no row.
    ///
    /// @return rows read, refused ones included
    int parse(Chunk chunk) {
        if (usual.isEmpty()) {
            return parse(chunk, 0, chunk.length(), chunk.firstLine(), chunk.truncated());
        }
        UsualLines lines = usual.get();
        int whole = chunk.truncated() ? lastLine(chunk) : chunk.length();
        lines.read(chunk, whole);
        rows.accept(lines.spots(), lines.count());
        int read = lines.count();
        for (int i = 0; i < lines.left(); i++) {
            read += parse(chunk, lines.leftStart(i), lines.leftEnd(i) + 1, chunk.firstLine() + lines.leftLine(i), false);
        }
        return chunk.truncated() ? read + parse(chunk, whole, chunk.length(), chunk.firstLine() + chunk.lines() - 1, true) : read;
    }

    /// Where the last line of a chunk starts.
    private static int lastLine(Chunk chunk) {
        int start = chunk.length() - 1;
        while (start > 0 && chunk.memory().get(ValueLayout.JAVA_BYTE, chunk.start() + start - 1) != '\n') {
            start--;
        }
        return start;
    }

    /// Parses the lines in `[from, to)` of a chunk.
    private int parse(Chunk chunk, int from, int to, long firstLine, boolean truncated) {
        int length = to - from;
        if (bytes.length < length + PADDING) {
            bytes = new byte[length + length / 8 + PADDING];
        }
        MemorySegment.copy(chunk.memory(), ValueLayout.JAVA_BYTE, chunk.start() + from, bytes, 0, length);
        Arrays.fill(bytes, length, length + PADDING, (byte) 0);
        return parse(length, chunk.source(), firstLine, truncated);
    }

    private int parse(int length, int source, long firstLine, boolean truncated) {
        index.index(bytes, length);
        int read = 0;
        int lineStart = 0;
        int separator = 0;
        int quote = 0;
        for (int i = 0; i < index.lineCount; i++) {
            int lineEndIndex = index.lineEnds[i];
            int lineFeed = index.separators[lineEndIndex];
            int end = lineFeed > lineStart && bytes[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
            if (end > lineStart) {
                read++;
                long line = firstLine + i;
                spot.origin = SpotColumns.origin(source, line);
                QuarantineReason reason;
                if (truncated && i == index.lineCount - 1) {
                    reason = QuarantineReason.TRUNCATED;
                } else if (quote < index.quoteCount && index.quotes[quote] < lineFeed) {
                    reason = readQuoted(bytes, lineStart, end);
                } else {
                    int columns = lineEndIndex - separator + 1;
                    reason = columns < COLUMNS ? QuarantineReason.COLUMNS
                            : read(bytes, lineStart, index.separators, separator, columns == COLUMNS ? end : index.separators[separator + 14]);
                }
                if (reason == null) {
                    rows.accept(spot);
                } else {
                    rows.refuse(reason, source, line, bytes, lineStart, end);
                }
            }
            while (quote < index.quoteCount && index.quotes[quote] < lineFeed) {
                quote++;
            }
            lineStart = lineFeed + 1;
            separator = lineEndIndex + 1;
        }
        return read;
    }

    private QuarantineReason readQuoted(byte[] bytes, int start, int end) {
        int columns = quotedLine.split(bytes, start, end);
        if (columns < 0) {
            return QuarantineReason.QUOTES;
        }
        return columns < COLUMNS ? QuarantineReason.COLUMNS
                : read(quotedLine.bytes(), 0, quotedLine.separators(), 0, quotedLine.separators()[14]);
    }

    /// Reads the columns between `separators[first …]` into the carrier; the reason to refuse the row, or null.
    private QuarantineReason read(byte[] b, int start, int[] separators, int first, int codeEnd) {
        NumberText n = numbers;
        n.reset();
        int s0 = separators[first];
        spot.id = n.unsigned(b, start, s0);
        if (n.failed()) {
            return QuarantineReason.ID;
        }
        int s1 = separators[first + 1];
        long time = n.whole(b, s0 + 1, s1);
        if (time < 1 || time > 0xffff_ffffL) {
            return QuarantineReason.TIME;
        }
        spot.time = (int) time;
        int s2 = separators[first + 2];
        spot.reporter = calls.numberOf(b, s1 + 1, s2);
        if (spot.reporter == TokenCache.REFUSED) {
            return QuarantineReason.REPORTER;
        }
        int s3 = separators[first + 3];
        spot.reporterGrid = grids.numberOf(b, s2 + 1, s3);
        if (spot.reporterGrid == TokenCache.REFUSED) {
            return QuarantineReason.REPORTER_GRID;
        }
        int s4 = separators[first + 4];
        long snr = n.whole(b, s3 + 1, s4);
        if (n.failed() || snr < LEAST_SNR || snr > MOST_SNR) {
            return QuarantineReason.SNR;
        }
        spot.snr = (int) snr;
        return readTransmitter(b, s4, separators, first, codeEnd);
    }

    private QuarantineReason readTransmitter(byte[] b, int s4, int[] separators, int first, int codeEnd) {
        NumberText n = numbers;
        int s5 = separators[first + 5];
        spot.frequency = n.megahertz(b, s4 + 1, s5);
        if (n.failed()) {
            return QuarantineReason.FREQUENCY;
        }
        spot.band = Bands.indexOf(spot.frequency);
        if (spot.band < 0) {
            return QuarantineReason.BAND;
        }
        int s6 = separators[first + 6];
        spot.callsign = calls.numberOf(b, s5 + 1, s6);
        if (spot.callsign == TokenCache.REFUSED) {
            return QuarantineReason.CALLSIGN;
        }
        int s7 = separators[first + 7];
        spot.grid = grids.numberOf(b, s6 + 1, s7);
        if (spot.grid == TokenCache.REFUSED) {
            return QuarantineReason.GRID;
        }
        int s8 = separators[first + 8];
        long power = n.whole(b, s7 + 1, s8);
        if (n.failed() || power < LEAST_POWER || power > MOST_POWER) {
            return QuarantineReason.POWER;
        }
        spot.power = (int) power;
        return readRest(b, s8, separators, first, codeEnd);
    }

    private QuarantineReason readRest(byte[] b, int s8, int[] separators, int first, int codeEnd) {
        NumberText n = numbers;
        int s9 = separators[first + 9];
        long drift = s9 == s8 + 1 ? 0 : n.whole(b, s8 + 1, s9);
        if (n.failed() || drift != (byte) drift) {
            return QuarantineReason.DRIFT;
        }
        spot.drift = (int) drift;
        int s10 = separators[first + 10];
        long distance = n.whole(b, s9 + 1, s10);
        if (n.failed() || distance < 0 || distance > MOST_KM) {
            return QuarantineReason.DISTANCE;
        }
        spot.distance = (int) distance;
        int s11 = separators[first + 11];
        long azimuth = n.whole(b, s10 + 1, s11);
        if (n.failed() || azimuth < 0 || azimuth > MOST_DEGREES) {
            return QuarantineReason.AZIMUTH;
        }
        spot.azimuth = (int) azimuth;
        int s13 = separators[first + 13];
        spot.version = versions.numberOf(b, separators[first + 12] + 1, s13);
        long code = codeEnd == s13 + 1 ? 0 : n.whole(b, s13 + 1, codeEnd);
        if (n.failed() || code != (int) code) {
            return QuarantineReason.CODE;
        }
        spot.code = (int) code;
        return null;
    }

    @Override
    public void close() {
        usual.ifPresent(UsualLines::close);
    }
}
