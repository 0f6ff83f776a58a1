package org.ionforge.vault;

/// A running insert. Not thread-safe. Without [#finish()], `close` cancels it: rows of blocks that the engine has already
/// taken may then be in the table or not.
public interface BlockWriter extends AutoCloseable {

    /// Sends a block: its columns are those the insert named, in that order. Blocks while the engine is behind.
    void write(Block block);

    /// Ends the insert and waits until every row is in the table.
    ///
    /// @return rows written
    long finish();

    @Override
    void close();
}
