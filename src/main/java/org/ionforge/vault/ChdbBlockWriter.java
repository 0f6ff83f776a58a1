package org.ionforge.vault;

import java.util.List;

/// An INSERT that runs inside this process.
final class ChdbBlockWriter implements BlockWriter {

    private final ChdbVault vault;
    private final ChdbConnection connection;
    private final List<String> columns;
    private final NativeWriter writer;
    private long rows;
    private boolean closed;

    ChdbBlockWriter(ChdbVault vault, ChdbConnection connection, String... columns) {
        this.vault = vault;
        this.connection = connection;
        this.columns = List.of(columns);
        this.writer = new NativeWriter(connection::append);
    }

    @Override
    public void write(Block block) {
        if (closed) {
            throw new IllegalStateException("the writer is closed");
        }
        InsertStatement.check(block, columns);
        writer.write(block);
        rows += block.rows();
    }

    @Override
    public long finish() {
        if (closed) {
            throw new IllegalStateException("the writer is closed");
        }
        writer.flush();
        connection.finishInsert();
        close();
        return rows;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            connection.endInsert();
            writer.close();
            vault.giveBack(connection);
        }
    }
}
