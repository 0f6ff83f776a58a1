package org.ionforge.refinery;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;
import org.ionforge.vault.Vault;

/// Changes several tables as one. New contents are written to `…_staging` tables; then the statements that bring them in, each
/// repeatable, are written to `commit_journal` in one insert; then they are carried out, the journal is emptied and the staging
/// tables are dropped.
///
/// A process that is killed before the journal is written has changed nothing; one that is killed later is finished by
/// [#recover] in the next run. So at any moment the tables are, or will be, as if the whole commit had happened or none of it.
final class Commit implements AutoCloseable {

    private static final String SUFFIX = "_staging";
    /// The partition of a table that has no partition key.
    private static final String WHOLE = "all";
    /// Bytes below which a staged part is compact: more than any insert writes.
    private static final long COMPACT_BELOW = 1L << 40;
    /// Rows of a granule of a staged part.
    private static final int STAGED_GRANULE = 65_536;

    private final Vault vault;
    private final List<String> tables;
    private final List<String> statements = new ArrayList<>();
    private Set<String> staged;

    private Commit(Vault vault, List<String> tables) {
        this.vault = vault;
        this.tables = tables;
    }

    /// Creates empty staging tables for the given tables.
    static Commit begin(Vault vault, String... tables) {
        Commit commit = new Commit(vault, List.of(tables));
        for (String table : tables) {
            vault.execute("DROP TABLE IF EXISTS " + table + SUFFIX + " SYNC");
            vault.execute("CREATE TABLE " + table + SUFFIX + " AS " + table + " ENGINE = " + stagingEngine(vault, table));
            // Merging now would be work for nothing where a month is made anew later, and takes cores from the job.
            vault.execute("SYSTEM STOP MERGES " + table + SUFFIX);
        }
        return commit;
    }

    /// The table's engine, with parts that cost less to write; merges write them later as the table itself says. All columns of a
    /// part in one file: a file per column costs an insert half its time again in inodes and buffers. Large granules: a compact part
    /// compresses every column of every granule on its own, and to set up ZSTD takes as long as to compress 8192 rows.
    private static String stagingEngine(Vault vault, String table) {
        String engine = vault.text("SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = '" + table + "'",
                "TSVRaw").strip();
        return engine.replaceFirst("index_granularity = [0-9]+", "index_granularity = " + STAGED_GRANULE)
                + ", min_bytes_for_wide_part = " + COMPACT_BELOW;
    }

    /// Finishes a commit that a killed run had begun, and removes what a run left that was killed earlier.
    ///
    /// @return whether there was a commit to finish
    static boolean recover(Vault vault) {
        List<String> statements = pending(vault);
        carryOut(vault, statements);
        dropStaging(vault);
        return !statements.isEmpty();
    }

    /// The statements of a commit that was begun and not finished, in order; empty if there is none.
    static List<String> pending(Vault vault) {
        List<String> statements = new ArrayList<>();
        Sql.forEach(vault, "SELECT statement FROM commit_journal ORDER BY step",
                (block, row) -> statements.add(block.column("statement").textAt(row)));
        return statements;
    }

    Vault vault() {
        return vault;
    }

    /// An insert into the staging table of `table`.
    BlockWriter into(String table, String... columns) {
        return vault.insert(table + SUFFIX, columns);
    }

    /// The staging table of `table`, for SQL.
    static String staging(String table) {
        return table + SUFFIX;
    }

    /// On commit, the partition becomes what was staged of it: nothing, if nothing was.
    void replacePartition(String table, String partition) {
        String action = staged().contains(table + SUFFIX + "/" + partition)
                ? "REPLACE PARTITION ID '" + partition + "' FROM " + table + SUFFIX
                : "DROP PARTITION ID '" + partition + "'";
        statements.add("ALTER TABLE " + table + " " + action);
    }

    /// On commit, the table (one without partitions) becomes what was staged of it.
    void replaceTable(String table) {
        replacePartition(table, WHOLE);
    }

    /// Puts what `table` (one without partitions) holds into its staging table, without rewriting it.
    void keepWhole(String table) {
        vault.execute("ALTER TABLE " + table + SUFFIX + " ATTACH PARTITION ID '" + WHOLE + "' FROM " + table);
    }

    /// Makes everything happen that was asked for.
    void finish() {
        List<byte[]> texts = statements.stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toList();
        RowValues steps = new RowValues("step", "UInt32", 4);
        for (int i = 0; i < texts.size(); i++) {
            steps.add((long) i);
        }
        try (BlockWriter journal = vault.insert("commit_journal", "step", "statement")) {
            journal.write(new Block(texts.size(), List.of(steps.column(), new Column.Text("statement", "String", texts))));
            journal.finish();
        }
        carryOut(vault, statements);
    }

    /// All partitions that have rows in a staging table, as `table/partition`. Asked once, when staging is over.
    private Set<String> staged() {
        if (staged == null) {
            staged = new HashSet<>();
            Sql.forEach(vault, "SELECT DISTINCT concat(table, '/', partition_id) AS part FROM system.parts"
                            + " WHERE active AND rows > 0 AND database = currentDatabase() AND endsWith(table, '" + SUFFIX + "')",
                    (block, row) -> staged.add(block.column("part").textAt(row)));
        }
        return staged;
    }

    private static void carryOut(Vault vault, List<String> statements) {
        if (!statements.isEmpty()) {
            statements.forEach(vault::execute);
            vault.execute("TRUNCATE TABLE commit_journal");
        }
    }

    private static void dropStaging(Vault vault) {
        List<String> left = new ArrayList<>();
        Sql.forEach(vault, "SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(name, '" + SUFFIX + "')",
                (block, row) -> left.add(block.column("name").textAt(row)));
        left.forEach(table -> vault.execute("DROP TABLE IF EXISTS " + table + " SYNC"));
    }

    /// Drops the staging tables, unless a journal still needs them.
    @Override
    public void close() {
        if (pending(vault).isEmpty()) {
            tables.forEach(table -> vault.execute("DROP TABLE IF EXISTS " + table + SUFFIX + " SYNC"));
        }
    }
}
