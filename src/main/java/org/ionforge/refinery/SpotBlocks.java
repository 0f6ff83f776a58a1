package org.ionforge.refinery;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.ionforge.refinery.SpotColumns.Field;
import org.ionforge.vault.Block;
import org.ionforge.vault.Column;

/// Ordered rows of a bucket as blocks of `bronze` and `silver`. Used by one thread; arrays are reused from block to block, so a
/// block is valid until the next one is asked for.
final class SpotBlocks {

    static final String[] BRONZE_COLUMNS = {"timestamp", "band", "callsign", "reporter", "frequency", "id", "reporter_grid", "grid",
        "snr", "power", "drift", "distance", "azimuth", "version", "code", "source"};
    static final String[] SILVER_COLUMNS = {"timestamp", "band", "tx_grid", "rx_grid", "frequency", "snr", "distance", "azimuth",
        "distance_error", "azimuth_error", "mid_latitude", "mid_longitude", "kp", "sfi", "ssn", "xray", "e_distance", "e_xray", "e_kp",
        "quality"};

    private static final int[] BAND_NUMBERS = Bands.ALL.stream().mapToInt(Bands.Band::number).toArray();

    private final Map<Field, long[]> longs = new EnumMap<>(Field.class);
    private final Map<Field, int[]> ints = new EnumMap<>(Field.class);
    private final Map<Field, short[]> shorts = new EnumMap<>(Field.class);
    private final Map<Field, byte[]> bytes = new EnumMap<>(Field.class);
    private int[] sourceIndex = {};
    private int[] localNumbers = {};
    private float[][] constants = new float[4][];
    private byte[][] nullMaps = new byte[2][];
    private float[] distanceErrors = {};
    private float[] azimuthErrors = {};

    private SpotColumns rows;
    private int[] order;
    private int first;
    private int count;
    /// Columns of these rows that are already made: both tables have them.
    private final Map<Field, Column> made = new EnumMap<>(Field.class);

    /// Turns to the rows `order[first, first + count)`.
    void select(SpotColumns spots, int[] rowOrder, int firstRow, int rowCount) {
        rows = spots;
        order = rowOrder;
        first = firstRow;
        count = rowCount;
        made.clear();
    }

    Block bronze(byte[][] calls, byte[][] grids, byte[][] versions, List<byte[]> sources) {
        List<Column> columns = List.of(
                fixed("timestamp", "DateTime('UTC')", Field.TIME), band(),
                dictionary("callsign", Field.CALLSIGN, calls), dictionary("reporter", Field.REPORTER, calls),
                fixed("frequency", "UInt64", Field.FREQUENCY), fixed("id", "UInt64", Field.ID),
                dictionary("reporter_grid", Field.REPORTER_GRID, grids), dictionary("grid", Field.GRID, grids),
                fixed("snr", "Int8", Field.SNR), fixed("power", "Int8", Field.POWER), fixed("drift", "Int8", Field.DRIFT),
                fixed("distance", "UInt32", Field.DISTANCE), fixed("azimuth", "UInt16", Field.AZIMUTH),
                dictionary("version", Field.VERSION, versions), fixed("code", "Int32", Field.CODE), source(sources));
        return new Block(count, columns);
    }

    /// @param measures of these rows, in the same order from 0
    Block silver(byte[][] grids, PathMeasures measures, SolarRow sun, Differences differences) {
        errors(measures, differences);
        List<Column> columns = List.of(
                fixed("timestamp", "DateTime('UTC')", Field.TIME), band(),
                dictionary("tx_grid", Field.GRID, grids), dictionary("rx_grid", Field.REPORTER_GRID, grids),
                fixed("frequency", "UInt64", Field.FREQUENCY), fixed("snr", "Int8", Field.SNR),
                floats("distance", measures.distance), floats("azimuth", measures.azimuth),
                floats("distance_error", distanceErrors), floats("azimuth_error", azimuthErrors),
                floats("mid_latitude", measures.midLatitude), floats("mid_longitude", measures.midLongitude),
                constant("kp", 0, sun.kp()), constant("sfi", 1, sun.sfi()), constant("ssn", 2, sun.ssn()),
                constant("xray", 3, sun.xrayLong()),
                floats("e_distance", measures.eDistance),
                nullable(floats("e_xray", measures.eXray), Float.isNaN(sun.xrayLong())),
                nullable(floats("e_kp", measures.eKp), Float.isNaN(sun.kp())),
                floats("quality", measures.quality));
        return new Block(count, columns);
    }

    private void errors(PathMeasures measures, Differences differences) {
        if (distanceErrors.length < count) {
            distanceErrors = new float[count];
            azimuthErrors = new float[count];
        }
        for (int i = 0; i < count; i++) {
            int row = order[first + i];
            float distance = measures.distance[i] - rows.distance(row);
            float azimuth = measures.azimuth[i] - rows.azimuth(row);
            azimuth = azimuth > 180 ? azimuth - 360 : azimuth <= -180 ? azimuth + 360 : azimuth;
            distanceErrors[i] = distance;
            azimuthErrors[i] = azimuth;
            differences.add(distance, azimuth);
        }
    }

    private Column fixed(String name, String type, Field field) {
        return made.computeIfAbsent(field, _ -> gather(name, type, field));
    }

    private Column.Fixed gather(String name, String type, Field field) {
        long base = base(field);
        MemorySegment memory = rows.memory();
        MemorySegment data = switch (field.width) {
            case 8 -> {
                long[] to = longs.compute(field, (_, a) -> a == null || a.length < count ? new long[count] : a);
                for (int i = 0; i < count; i++) {
                    to[i] = memory.get(JAVA_LONG_UNALIGNED, base + 8L * order[first + i]);
                }
                yield MemorySegment.ofArray(to);
            }
            case 4 -> {
                int[] to = ints.compute(field, (_, a) -> a == null || a.length < count ? new int[count] : a);
                for (int i = 0; i < count; i++) {
                    to[i] = memory.get(JAVA_INT_UNALIGNED, base + 4L * order[first + i]);
                }
                yield MemorySegment.ofArray(to);
            }
            case 2 -> {
                short[] to = shorts.compute(field, (_, a) -> a == null || a.length < count ? new short[count] : a);
                for (int i = 0; i < count; i++) {
                    to[i] = memory.get(JAVA_SHORT_UNALIGNED, base + 2L * order[first + i]);
                }
                yield MemorySegment.ofArray(to);
            }
            default -> {
                byte[] to = bytes.compute(field, (_, a) -> a == null || a.length < count ? new byte[count] : a);
                for (int i = 0; i < count; i++) {
                    to[i] = memory.get(JAVA_BYTE, base + order[first + i]);
                }
                yield MemorySegment.ofArray(to);
            }
        };
        return new Column.Fixed(name, type, count, field.width, data.asSlice(0, (long) count * field.width));
    }

    private long base(Field field) {
        long prefix = 0;
        for (int i = 0; i < field.ordinal(); i++) {
            prefix += SpotColumns.FIELDS[i].width;
        }
        return rows.base() + prefix * rows.capacity();
    }

    private Column band() {
        return made.computeIfAbsent(Field.BAND, _ -> bandNumbers());
    }

    private Column.Fixed bandNumbers() {
        Column.Fixed indexes = gather("band", "UInt16", Field.BAND);
        short[] numbers = shorts.get(Field.BAND);
        for (int i = 0; i < count; i++) {
            numbers[i] = (short) BAND_NUMBERS[numbers[i]];
        }
        return indexes;
    }

    private Column dictionary(String name, Field field, byte[][] texts) {
        if (made.get(field) instanceof Column.Dictionary known) {
            return new Column.Dictionary(name, known.rows(), known.keys(), known.index());
        }
        Column.Dictionary column = gatherTexts(name, field, texts);
        made.put(field, column);
        return column;
    }

    private Column.Dictionary gatherTexts(String name, Field field, byte[][] texts) {
        long base = base(field);
        MemorySegment memory = rows.memory();
        int[] index = ints.compute(field, (_, a) -> a == null || a.length < count ? new int[count] : a);
        return local(name, index, texts.length, i -> memory.get(JAVA_INT_UNALIGNED, base + 4L * order[first + i]), Arrays.asList(texts));
    }

    private Column.Dictionary source(List<byte[]> sources) {
        if (sourceIndex.length < count) {
            sourceIndex = new int[count];
        }
        return local("source", sourceIndex, sources.size(), i -> SpotColumns.sourceOf(rows.origin(order[first + i])), sources);
    }

    /// A dictionary of only the texts that occur here.
    private Column.Dictionary local(String name, int[] index, int texts, IntUnaryOperator numberAt, List<byte[]> all) {
        if (localNumbers.length < texts) {
            localNumbers = new int[texts + texts / 2];
        }
        List<byte[]> keys = new ArrayList<>();
        int[] used = new int[64];
        for (int i = 0; i < count; i++) {
            int number = numberAt.applyAsInt(i);
            int local = localNumbers[number];
            if (local == 0) {
                if (keys.size() == used.length) {
                    used = Arrays.copyOf(used, used.length * 2);
                }
                used[keys.size()] = number;
                keys.add(all.get(number));
                local = keys.size();
                localNumbers[number] = local;
            }
            index[i] = local - 1;
        }
        for (int i = 0; i < keys.size(); i++) {
            localNumbers[used[i]] = 0;
        }
        return new Column.Dictionary(name, count, keys, MemorySegment.ofArray(index).asSlice(0, count * 4L));
    }

    private Column.Fixed floats(String name, float[] values) {
        return new Column.Fixed(name, "Float32", count, 4, MemorySegment.ofArray(values).asSlice(0, count * 4L));
    }

    private Column.Nullable constant(String name, int slot, float value) {
        if (constants[slot] == null || constants[slot].length < count) {
            constants[slot] = new float[count];
        }
        Arrays.fill(constants[slot], 0, count, Float.isNaN(value) ? 0 : value);
        return nullable(floats(name, constants[slot]), Float.isNaN(value));
    }

    private Column.Nullable nullable(Column.Fixed values, boolean isNull) {
        int map = isNull ? 1 : 0;
        if (nullMaps[map] == null || nullMaps[map].length < count) {
            nullMaps[map] = new byte[count];
            Arrays.fill(nullMaps[map], (byte) map);
        }
        return new Column.Nullable(values.name(), "Nullable(Float32)", MemorySegment.ofArray(nullMaps[map]).asSlice(0, count), values);
    }
}
