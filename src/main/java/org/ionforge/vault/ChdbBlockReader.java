package org.ionforge.vault;

/// A SELECT that runs inside this process.
final class ChdbBlockReader implements BlockReader {

    private final ChdbVault vault;
    private final ChdbConnection connection;
    private final NativeReader reader;
    private boolean closed;

    ChdbBlockReader(ChdbVault vault, ChdbConnection connection) {
        this.vault = vault;
        this.connection = connection;
        this.reader = new NativeReader(connection::fetch);
    }

    @Override
    public Block next() {
        if (closed) {
            throw new IllegalStateException("the reader is closed");
        }
        return reader.next();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            connection.endSelect();
            reader.close();
            vault.giveBack(connection);
        }
    }
}
