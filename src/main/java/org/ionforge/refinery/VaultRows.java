package org.ionforge.refinery;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockReader;
import org.ionforge.vault.Column;
import org.ionforge.vault.Vault;

/// Rows of months that the vault has already, brought back into the buckets, so that a month is always made as a whole: with its
/// old rows, without those of files that are being replaced.
final class VaultRows {

    private final Vault vault;
    private final Texts texts;
    private final Map<String, Integer> sources;
    private final String without;

    /// @param sources  index of every source that the vault may name
    /// @param replaced sources whose rows are left out
    VaultRows(Vault vault, Texts texts, Map<String, Integer> sources, Collection<String> replaced) {
        this.vault = vault;
        this.texts = texts;
        this.sources = sources;
        this.without = replaced.isEmpty() ? "" : " AND source NOT IN " + Sql.list(replaced);
    }

    void load(int month, BucketStore.Writer writer) {
        String sql = "SELECT toUInt32(timestamp) AS time, band, callsign, reporter, frequency, id, reporter_grid, grid, snr, power,"
                + " drift, distance, azimuth, version, code, source FROM bronze WHERE toYYYYMM(timestamp) = " + month + without;
        Spot spot = new Spot();
        try (BlockReader reader = vault.query(sql)) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                add(block, spot, writer);
            }
        }
    }

    private void add(Block block, Spot spot, BucketStore.Writer writer) {
        List<Column> c = block.columns();
        Numbers callsigns = new Numbers(c.get(2), texts.calls());
        Numbers reporters = new Numbers(c.get(3), texts.calls());
        Numbers reporterGrids = new Numbers(c.get(6), texts.grids());
        Numbers grids = new Numbers(c.get(7), texts.grids());
        Numbers versions = new Numbers(c.get(13), texts.versions());
        for (int row = 0; row < block.rows(); row++) {
            spot.time = (int) c.get(0).longAt(row);
            spot.frequency = c.get(4).longAt(row);
            spot.band = Bands.indexOf(spot.frequency);
            spot.callsign = callsigns.at(row);
            spot.reporter = reporters.at(row);
            spot.id = c.get(5).longAt(row);
            spot.reporterGrid = reporterGrids.at(row);
            spot.grid = grids.at(row);
            spot.snr = (int) c.get(8).longAt(row);
            spot.power = (int) c.get(9).longAt(row);
            spot.drift = (int) c.get(10).longAt(row);
            spot.distance = (int) c.get(11).longAt(row);
            spot.azimuth = (int) c.get(12).longAt(row);
            spot.version = versions.at(row);
            spot.code = (int) c.get(14).longAt(row);
            spot.origin = SpotColumns.origin(sourceOf(c.get(15).textAt(row)), 0);
            writer.add(spot);
        }
    }

    private int sourceOf(String name) {
        Integer index = sources.get(name);
        if (index == null) {
            throw new IllegalStateException("bronze has rows of '" + name + "', which the ingest log does not know");
        }
        return index;
    }

    /// A column of texts as numbers of a dictionary, asked once per distinct text that occurs (the engine's own dictionaries also
    /// hold the empty text, which may not).
    private static final class Numbers {
        private static final int UNKNOWN = -1;

        private final Column column;
        private final TextDictionary dictionary;
        private final List<byte[]> keys;
        private final int[] known;
        private final Map<String, Integer> seen = new HashMap<>();

        Numbers(Column column, TextDictionary dictionary) {
            this.column = column;
            this.dictionary = dictionary;
            this.keys = column instanceof Column.Dictionary own ? own.keys() : List.of();
            this.known = new int[keys.size()];
            Arrays.fill(known, UNKNOWN);
        }

        int at(int row) {
            if (known.length == 0) {
                return seen.computeIfAbsent(column.textAt(row), text -> dictionary.intern(text.getBytes(StandardCharsets.UTF_8)));
            }
            int key = (int) column.longAt(row);
            if (known[key] == UNKNOWN) {
                known[key] = dictionary.intern(keys.get(key));
            }
            return known[key];
        }
    }
}
