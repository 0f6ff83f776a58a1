package org.ionforge.refinery.simulation;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Turns spots into lines of the WSPRnet archive: id, Unix time, reporter, its grid, SNR, MHz with six decimals, call, grid,
/// power, drift, kilometres, azimuth, MHz as band, version, code.
final class SpotLines {

    private static final int LONGEST_LINE = 192;

    private final PathTable paths;
    private final byte[][] receivers;
    private final byte[][] transmitters;
    private final byte[][] versions;

    SpotLines(PathTable paths) {
        this.paths = paths;
        receivers = bytes(paths.receivers, s -> "," + s.call() + "," + s.grid() + ",");
        transmitters = bytes(paths.transmitters, s -> "," + s.call() + "," + s.grid() + "," + s.powerDbm() + ",");
        versions = bytes(paths.receivers, s -> "," + s.version() + ",0\n");
    }

    /// Lines of one hour.
    ///
    /// @param text   the lines
    /// @param length bytes of `text` that count
    /// @param rows   lines in it, those of dirt included
    record Chunk(byte[] text, int length, int rows, Map<Dirt, Long> dirt) {
    }

    /// The lines of an hour's spots, whose ids count up from `firstId`; with some of them spoilt when `dirt` is given.
    ///
    /// @param dirt the random stream that chooses, at its place; null for clean rows
    Chunk lines(long[] spots, LocalDate date, int hour, long firstId, RandomStream dirt) {
        Buffer buffer = new Buffer(spots.length);
        Map<Dirt, Long> counts = new EnumMap<>(Dirt.class);
        long start = date.toEpochDay() * 86_400 + hour * 3600L;
        int rows = spots.length;
        for (int i = 0; i < spots.length; i++) {
            int lineStart = buffer.length;
            line(buffer, spots[i], firstId + i, start + 120L * Spot.slot(spots[i]));
            if (dirt != null && dirt.chance(Dirt.RATE)) {
                Dirt kind = Dirt.any(dirt);
                counts.merge(kind, 1L, Long::sum);
                String line = new String(buffer.bytes, lineStart, buffer.length - lineStart, StandardCharsets.US_ASCII);
                if (kind == Dirt.DUPLICATE) {
                    rows++;
                } else {
                    buffer.length = lineStart;
                }
                buffer.put(kind.spoil(line, dirt).getBytes(StandardCharsets.US_ASCII));
            }
        }
        return new Chunk(buffer.bytes, buffer.length, rows, counts);
    }

    private void line(Buffer buffer, long spot, long id, long seconds) {
        buffer.room(LONGEST_LINE);
        int transmitter = Spot.transmitter(spot);
        int receiver = Spot.receiver(spot);
        int path = paths.path(transmitter, receiver);
        SimulatedBand band = SimulatedBand.ALL.get(Spot.band(spot));
        long hertz = band.segmentHz() + Spot.hertz(spot);
        buffer.number(id);
        buffer.put((byte) ',');
        buffer.number(seconds);
        buffer.put(receivers[receiver]);
        buffer.number(Spot.snr(spot));
        buffer.put((byte) ',');
        buffer.number(hertz / 1_000_000);
        buffer.put((byte) '.');
        buffer.sixDigits((int) (hertz % 1_000_000));
        buffer.put(transmitters[transmitter]);
        buffer.number(Spot.drift(spot));
        buffer.put((byte) ',');
        buffer.number(paths.kilometres[path]);
        buffer.put((byte) ',');
        buffer.number(paths.azimuths[path]);
        buffer.put((byte) ',');
        buffer.number(band.megahertz());
        buffer.put(versions[receiver]);
    }

    private static byte[][] bytes(List<Station> stations, Function<Station, String> text) {
        return stations.stream().map(s -> text.apply(s).getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);
    }

    /// ASCII that grows.
    private static final class Buffer {
        private byte[] bytes;
        private int length;

        Buffer(int rows) {
            bytes = new byte[rows * 104 + LONGEST_LINE];
        }

        void room(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, bytes.length + bytes.length / 4 + more);
            }
        }

        void put(byte value) {
            bytes[length++] = value;
        }

        void put(byte[] values) {
            room(values.length);
            System.arraycopy(values, 0, bytes, length, values.length);
            length += values.length;
        }

        void number(long value) {
            if (value < 0) {
                bytes[length++] = '-';
                value = -value;
            }
            int digits = 1;
            for (long limit = 10; limit <= value; limit *= 10) {
                digits++;
            }
            for (int at = length + digits - 1; at >= length; at--) {
                bytes[at] = (byte) ('0' + value % 10);
                value /= 10;
            }
            length += digits;
        }

        void sixDigits(int value) {
            for (int at = length + 5; at >= length; at--) {
                bytes[at] = (byte) ('0' + value % 10);
                value /= 10;
            }
            length += 6;
        }
    }
}
