package org.ionforge.vault;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.data.ClickHouseFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// An INSERT on a server: a thread of its own gives the client the pieces that [#write] makes. The request's body is chunked, so
/// one that is broken off before its end is an error to the server, which then drops what it has not yet put into the table.
final class HttpBlockWriter implements BlockWriter {

    private static final int QUEUED = 3;
    private static final int POLL_MILLISECONDS = 50;

    /// @param length bytes used; 0 ends the insert, −1 breaks it off
    private record Piece(byte[] bytes, int length) {
    }

    private final String sql;
    private final List<String> columns;
    private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(QUEUED);
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(QUEUED);
    private final CompletableFuture<Void> done;
    private final NativeWriter writer = new NativeWriter(this::send);
    private long rows;
    private boolean closed;

    HttpBlockWriter(Client client, String sql, String table, List<String> columns) {
        this.sql = sql;
        this.columns = columns;
        for (int i = 0; i < QUEUED; i++) {
            free.add(new byte[NativeWriter.PIECE]);
        }
        done = new CompletableFuture<>();
        Thread.ofVirtual().name("vault-insert").start(() -> {
            try {
                client.insert(table, columns, this::drain, ClickHouseFormat.Native, new InsertSettings()).get().close();
                done.complete(null);
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
    }

    private void drain(OutputStream out) throws IOException {
        try {
            for (Piece piece = full.take(); piece.length() != 0; piece = full.take()) {
                if (piece.length() < 0) {
                    throw new IOException("broken off");
                }
                out.write(piece.bytes(), 0, piece.length());
                free.add(piece.bytes());
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
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

    private void send(MemorySegment bytes) {
        try {
            byte[] to = free.poll(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
            while (to == null) {
                failIfDone();
                to = free.poll(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
            }
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, to, 0, (int) bytes.byteSize());
            put(new Piece(to, (int) bytes.byteSize()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VaultException.of("interrupted", sql, e);
        }
    }

    private void put(Piece piece) throws InterruptedException {
        while (!full.offer(piece, POLL_MILLISECONDS, TimeUnit.MILLISECONDS)) {
            failIfDone();
        }
    }

    private void failIfDone() {
        if (done.isDone()) {
            join();
            throw VaultException.of("the server ended the insert before its end", sql);
        }
    }

    private void join() {
        try {
            done.join();
        } catch (CompletionException e) {
            throw HttpVault.failure(e, sql);
        }
    }

    @Override
    public long finish() {
        if (closed) {
            throw new IllegalStateException("the writer is closed");
        }
        writer.flush();
        end(0);
        join();
        close();
        return rows;
    }

    private void end(int how) {
        try {
            put(new Piece(new byte[0], how));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VaultException.of("interrupted", sql, e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (!done.isDone()) {
                end(-1);
                done.exceptionally(e -> null).join();
            }
            writer.close();
        }
    }
}
