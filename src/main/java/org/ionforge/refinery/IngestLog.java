package org.ionforge.refinery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;
import org.ionforge.vault.Vault;

/// Which files the vault has, in which state, and what was found in them.
final class IngestLog {

    static final String TABLE = "ingest_log";

    /// The watermark of a file and its counts.
    ///
    /// @param hash SHA-256 of the stored bytes
    record Entry(String source, long size, String hash, boolean complete, long read, long kept, long duplicate, long quarantined,
                 Selection selection) {
    }

    private final SortedMap<String, Entry> entries = new TreeMap<>();

    static IngestLog load(Vault vault) {
        IngestLog log = new IngestLog();
        Sql.forEach(vault, "SELECT source, size, hash, toUInt8(complete) AS complete, rows_read, rows_kept, rows_duplicate,"
                + " rows_quarantined, selection FROM ingest_log", (block, row) -> log.put(new Entry(
                block.column("source").textAt(row), block.column("size").longAt(row), block.column("hash").textAt(row),
                block.column("complete").longAt(row) != 0, block.column("rows_read").longAt(row),
                block.column("rows_kept").longAt(row), block.column("rows_duplicate").longAt(row),
                block.column("rows_quarantined").longAt(row), Selection.parse(block.column("selection").textAt(row)))));
        return log;
    }

    Map<String, Entry> entries() {
        return entries;
    }

    void put(Entry entry) {
        entries.put(entry.source(), entry);
    }

    /// Makes the log part of a commit.
    void stage(Commit commit) {
        if (!entries.isEmpty()) {
            try (BlockWriter writer = commit.into(TABLE, "source", "size", "hash", "complete", "rows_read", "rows_kept",
                    "rows_duplicate", "rows_quarantined", "selection")) {
                writer.write(block());
                writer.finish();
            }
        }
    }

    private Block block() {
        RowValues size = new RowValues("size", "UInt64", 8);
        RowValues complete = new RowValues("complete", "Bool", 1);
        RowValues read = new RowValues("rows_read", "UInt64", 8);
        RowValues kept = new RowValues("rows_kept", "UInt64", 8);
        RowValues duplicate = new RowValues("rows_duplicate", "UInt64", 8);
        RowValues quarantined = new RowValues("rows_quarantined", "UInt64", 8);
        for (Entry entry : entries.values()) {
            size.add(entry.size);
            complete.add(entry.complete ? 1L : 0L);
            read.add(entry.read);
            kept.add(entry.kept);
            duplicate.add(entry.duplicate);
            quarantined.add(entry.quarantined);
        }
        return new Block(entries.size(), List.of(
                text("source", entries.values().stream().map(Entry::source).toList()), size.column(),
                text("hash", entries.values().stream().map(Entry::hash).toList()), complete.column(), read.column(), kept.column(),
                duplicate.column(), quarantined.column(),
                text("selection", entries.values().stream().map(e -> e.selection().text()).toList())));
    }

    static Column.Text text(String name, List<String> values) {
        return new Column.Text(name, "String", values.stream().map(v -> v.getBytes(StandardCharsets.UTF_8)).toList());
    }
}
