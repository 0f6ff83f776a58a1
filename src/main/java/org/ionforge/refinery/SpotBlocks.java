package org.ionforge.refinery;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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

    private static final int SPREAD = 8;

    /// Positions in the local dictionaries, by column.
    private final Map<String, int[]> indexes = new HashMap<>();
    private final float[][] spread = new float[SPREAD][];
    private final float[][] constants = new float[4][];
    private final byte[][] nullMaps = new byte[2][];
    private int[] source = {};
    private int[] localNumbers = {};
    private float[] distanceErrors = {};
    private float[] azimuthErrors = {};
    private OrderedSpots spots;
    private int count;
    /// Dictionaries of these rows that are already made: both tables have the grids.
    private final Map<int[], Column.Dictionary> made = new IdentityHashMap<>();

    /// Turns to other rows.
    void turnTo(OrderedSpots ordered) {
        spots = ordered;
        count = ordered.count;
        made.clear();
    }

    Block bronze(byte[][] calls, byte[][] grids, byte[][] versions, List<byte[]> sources) {
        List<Column> columns = List.of(time(), band(),
                dictionary("callsign", spots.callsign, Arrays.asList(calls)), dictionary("reporter", spots.reporter, Arrays.asList(calls)),
                frequency(), fixed("id", "UInt64", 8, MemorySegment.ofArray(spots.id)),
                dictionary("reporter_grid", spots.reporterGrid, Arrays.asList(grids)), dictionary("grid", spots.grid, Arrays.asList(grids)),
                snr(), fixed("power", "Int8", 1, MemorySegment.ofArray(spots.power)),
                fixed("drift", "Int8", 1, MemorySegment.ofArray(spots.drift)),
                fixed("distance", "UInt32", 4, MemorySegment.ofArray(spots.distance)),
                fixed("azimuth", "UInt16", 2, MemorySegment.ofArray(spots.azimuth)),
                dictionary("version", spots.version, Arrays.asList(versions)), fixed("code", "Int32", 4, MemorySegment.ofArray(spots.code)),
                dictionary("source", sourceNumbers(), sources));
        return new Block(count, columns);
    }

    /// @param measures of the runs of these rows
    Block silver(byte[][] grids, PathRuns runs, PathMeasures measures, SolarRow sun, Differences differences) {
        float[][] ofRuns = {measures.distance, measures.azimuth, measures.midLatitude, measures.midLongitude, measures.eDistance,
            measures.eXray, measures.eKp, measures.quality};
        for (int i = 0; i < SPREAD; i++) {
            spread[i] = room(spread[i]);
            runs.spread(ofRuns[i], spread[i]);
        }
        distanceErrors = room(distanceErrors);
        azimuthErrors = room(azimuthErrors);
        differences.add(spots, spread[0], spread[1], distanceErrors, azimuthErrors);
        List<Column> columns = List.of(time(), band(),
                dictionary("tx_grid", spots.grid, Arrays.asList(grids)), dictionary("rx_grid", spots.reporterGrid, Arrays.asList(grids)),
                frequency(), snr(), floats("distance", spread[0]), floats("azimuth", spread[1]),
                floats("distance_error", distanceErrors), floats("azimuth_error", azimuthErrors),
                floats("mid_latitude", spread[2]), floats("mid_longitude", spread[3]),
                constant("kp", 0, sun.kp()), constant("sfi", 1, sun.sfi()), constant("ssn", 2, sun.ssn()), constant("xray", 3, sun.xrayLong()),
                floats("e_distance", spread[4]), nullable(floats("e_xray", spread[5]), Float.isNaN(sun.xrayLong())),
                nullable(floats("e_kp", spread[6]), Float.isNaN(sun.kp())), floats("quality", spread[7]));
        return new Block(count, columns);
    }

    private float[] room(float[] array) {
        return array == null || array.length < count ? new float[spots.frequency.length] : array;
    }

    private Column.Fixed time() {
        return fixed("timestamp", "DateTime('UTC')", 4, MemorySegment.ofArray(spots.time));
    }

    private Column.Fixed band() {
        return fixed("band", "UInt16", 2, MemorySegment.ofArray(spots.band));
    }

    private Column.Fixed frequency() {
        return fixed("frequency", "UInt64", 8, MemorySegment.ofArray(spots.frequency));
    }

    private Column.Fixed snr() {
        return fixed("snr", "Int8", 1, MemorySegment.ofArray(spots.snr));
    }

    private Column.Fixed fixed(String name, String type, int width, MemorySegment data) {
        return new Column.Fixed(name, type, count, width, data.asSlice(0, (long) count * width));
    }

    private int[] sourceNumbers() {
        if (source.length < count) {
            source = new int[spots.frequency.length];
        }
        for (int i = 0; i < count; i++) {
            source[i] = SpotColumns.sourceOf(spots.origin[i]);
        }
        return source;
    }

    private Column.Dictionary dictionary(String name, int[] numbers, List<byte[]> texts) {
        Column.Dictionary known = made.get(numbers);
        if (known != null) {
            return new Column.Dictionary(name, known.rows(), known.keys(), known.index());
        }
        Column.Dictionary column = local(name, numbers, texts);
        made.put(numbers, column);
        return column;
    }

    /// A dictionary of only the texts that occur here. Neighbours mostly have the same.
    private Column.Dictionary local(String name, int[] numbers, List<byte[]> texts) {
        if (localNumbers.length < texts.size()) {
            localNumbers = new int[texts.size() + texts.size() / 2];
        }
        int[] index = indexes.compute(name, (_, known) -> known == null || known.length < count ? new int[spots.frequency.length] : known);
        List<byte[]> keys = new ArrayList<>();
        int[] used = new int[64];
        int last = -1;
        int local = 0;
        for (int i = 0; i < count; i++) {
            int number = numbers[i];
            if (number != last) {
                last = number;
                local = localNumbers[number];
                if (local == 0) {
                    if (keys.size() == used.length) {
                        used = Arrays.copyOf(used, used.length * 2);
                    }
                    used[keys.size()] = number;
                    keys.add(texts.get(number));
                    local = keys.size();
                    localNumbers[number] = local;
                }
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
        constants[slot] = room(constants[slot]);
        Arrays.fill(constants[slot], 0, count, Float.isNaN(value) ? 0 : value);
        return nullable(floats(name, constants[slot]), Float.isNaN(value));
    }

    private Column.Nullable nullable(Column.Fixed values, boolean isNull) {
        int map = isNull ? 1 : 0;
        if (nullMaps[map] == null || nullMaps[map].length < count) {
            nullMaps[map] = new byte[spots.frequency.length];
            Arrays.fill(nullMaps[map], (byte) map);
        }
        return new Column.Nullable(values.name(), "Nullable(Float32)", MemorySegment.ofArray(nullMaps[map]).asSlice(0, count), values);
    }
}
