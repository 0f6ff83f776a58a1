package org.ionforge.vault;

/// A ClickHouse database that holds the project's tables, opened by [Vaults#open(String)].
///
/// Statements are ClickHouse SQL; unqualified table names mean the vault's own database. A vault may be used by several
/// threads: each call uses a connection of its own. Every failure is a [VaultException] with the engine's code and text and
/// the statement that caused it.
public interface Vault extends AutoCloseable {

    /// For people: `chdb 26.7.2.1 at ./data/vault` or `server 26.7.2.1 at http://host:8123/db`; never a password.
    String description();

    /// Runs a statement that returns nothing. When it returns, what it did stays, even if the process or the server is killed
    /// at once.
    ///
    /// `ALTER TABLE x REPLACE PARTITION p FROM x_staging` may be repeated. Readers see the old rows or the new ones, but ClickHouse
    /// puts the new rows on disk before it retires the old: killed *during* the statement it can come back with both. So keep the
    /// staging table until the statement has returned, and after a kill repeat it from there.
    void execute(String sql);

    /// Runs a SELECT and reads its result block by block while it runs. Close it before the end to cancel.
    BlockReader query(String sql);

    /// Runs a statement and returns its answer as text in that ClickHouse format (`PrettyCompact`, `JSON`, `TSV`, …).
    String text(String sql, String format);

    /// Inserts blocks into a table, as one statement that streams. Columns not named take their defaults.
    BlockWriter insert(String table, String... columns);

    /// The single number that `sql` selects.
    ///
    /// @throws VaultException if the answer is not one row with one number
    default long number(String sql) {
        try (BlockReader reader = query(sql)) {
            Block block = reader.next();
            if (block == null || block.rows() != 1 || block.columns().size() != 1) {
                throw new VaultException("expected one number from: " + sql);
            }
            return block.columns().getFirst().longAt(0);
        }
    }

    @Override
    void close();
}
