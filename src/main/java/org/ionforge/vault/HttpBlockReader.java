package org.ionforge.vault;

import com.clickhouse.client.api.query.QueryResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A SELECT that runs on a server. When it fails after its answer has begun, the server ends the answer with the error's text;
/// then that is what the caller gets.
final class HttpBlockReader implements BlockReader {

    private static final int PIECE = 1 << 20;
    private static final int TAIL = 1 << 16;

    private final QueryResponse response;
    private final InputStream in;
    private final String sql;
    private final NativeReader reader = new NativeReader(this::more);
    private final byte[] piece = new byte[PIECE];
    private final byte[] before = new byte[TAIL];
    private int filled;
    private int kept;
    private boolean closed;

    HttpBlockReader(QueryResponse response, String sql) {
        this.response = response;
        this.in = response.getInputStream();
        this.sql = sql;
    }

    @Override
    public Block next() {
        if (closed) {
            throw new IllegalStateException("the reader is closed");
        }
        try {
            return reader.next();
        } catch (RuntimeException e) {
            throw VaultException.of(said(e), sql, e);
        }
    }

    private MemorySegment more() {
        kept = Math.min(filled, TAIL);
        System.arraycopy(piece, filled - kept, before, 0, kept);
        try {
            filled = Math.max(0, in.readNBytes(piece, 0, PIECE));
        } catch (IOException e) {
            throw VaultException.of("the answer was cut off: " + e.getMessage(), sql, e);
        }
        return MemorySegment.ofArray(piece).asSlice(0, filled);
    }

    /// The server's error at the end of the answer, else ours.
    private String said(RuntimeException ours) {
        ByteArrayOutputStream tail = new ByteArrayOutputStream();
        tail.write(before, 0, kept);
        tail.write(piece, 0, filled);
        try {
            in.transferTo(tail);
        } catch (IOException e) {
            // The server breaks the connection after its error.
        }
        String text = tail.toString(StandardCharsets.UTF_8);
        int at = text.lastIndexOf("Code: ");
        return at >= 0 && text.startsWith("DB::Exception", text.indexOf(' ', at + 6) + 1)
                ? text.substring(at).split("\\R", 2)[0] : ours.getMessage();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            reader.close();
            HttpVault.end(response, sql);
        }
    }
}
