package org.ionforge.vault;

/// The blocks of a running query, in order. Not thread-safe.
public interface BlockReader extends AutoCloseable {

    /// The next block that has rows, or null at the end. A block and its memory are valid until the next call or close.
    Block next();

    @Override
    void close();
}
