package org.ionforge.vault;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.ionforge.bindings.chdb.chdb_h;

/// One connection of libchdb. It runs one statement at a time and libchdb does not guard it, so every call takes its lock; the
/// lock is there for the end of the process, when the shutdown hook closes what other threads still use.
final class ChdbConnection implements AutoCloseable {

    private final chdb_h library;
    private final MemorySegment handle;
    private final MemorySegment connection;
    private final ReentrantLock lock = new ReentrantLock();
    private MemorySegment answer = MemorySegment.NULL;
    private MemorySegment chunk = MemorySegment.NULL;
    private MemorySegment insert = MemorySegment.NULL;
    private boolean ahead;
    private String statement = "";
    private boolean closed;

    /// @param handle what chdb_connect returned
    ChdbConnection(chdb_h library, MemorySegment handle) {
        this.library = library;
        this.handle = handle;
        this.connection = handle.reinterpret(ValueLayout.ADDRESS.byteSize()).get(ValueLayout.ADDRESS, 0);
    }

    /// Runs a statement whole.
    ///
    /// @return its answer in that format
    byte[] run(String sql, String format) {
        enter();
        try {
            MemorySegment result = send(library::chdb_query_n, sql, format);
            try {
                check(library.chdb_result_error(result), sql);
                return bytes(result).toArray(ValueLayout.JAVA_BYTE);
            } finally {
                library.chdb_destroy_query_result(result);
            }
        } finally {
            lock.unlock();
        }
    }

    /// A function of libchdb that takes a statement and a format, both of which it copies.
    private interface Statement {
        MemorySegment begin(MemorySegment connection, MemorySegment query, long queryBytes, MemorySegment format, long formatBytes);
    }

    private MemorySegment send(Statement function, String sql, String format) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment query = arena.allocateFrom(ValueLayout.JAVA_BYTE, sql.getBytes(StandardCharsets.UTF_8));
            MemorySegment name = arena.allocateFrom(ValueLayout.JAVA_BYTE, format.getBytes(StandardCharsets.UTF_8));
            return function.begin(connection, query, query.byteSize(), name, name.byteSize());
        }
    }

    /// Begins a SELECT whose answer comes in Native format through [#fetch()]. Its first bytes are awaited here, since libchdb
    /// says only with them that a statement is wrong.
    void select(String sql) {
        enter();
        try {
            statement = sql;
            answer = send(library::chdb_stream_query_n, sql, "Native");
            check(library.chdb_result_error(answer), sql);
            fetchChunk();
            ahead = true;
        } finally {
            lock.unlock();
        }
    }

    /// The next bytes of the SELECT, valid until the next call; empty at the end.
    MemorySegment fetch() {
        enter();
        try {
            if (!ahead) {
                fetchChunk();
            }
            ahead = false;
            return bytes(chunk);
        } finally {
            lock.unlock();
        }
    }

    private void fetchChunk() {
        release();
        chunk = library.chdb_stream_fetch_result(connection, answer);
        check(library.chdb_result_error(chunk), statement);
    }

    /// Ends the SELECT, wherever it is.
    void endSelect() {
        lock.lock();
        try {
            stopSelect();
        } finally {
            lock.unlock();
        }
    }

    /// Begins an INSERT whose rows come in Native format through [#append].
    void insert(String sql) {
        enter();
        try {
            statement = sql;
            insert = send(library::chdb_stream_insert_n, sql, "Native");
            check(library.chdb_stream_insert_error(insert), sql);
        } finally {
            lock.unlock();
        }
    }

    /// Sends bytes of the INSERT; they are copied. Blocks while 16 pieces wait.
    void append(MemorySegment bytes) {
        enter();
        try {
            if (library.chdb_stream_append(insert, bytes, bytes.byteSize()) != 0) {
                String said = library.chdb_stream_insert_error(insert);
                throw VaultException.of(said == null ? "the insert has already ended" : said, statement);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends the INSERT when all its rows are in the table.
    void finishInsert() {
        enter();
        try {
            MemorySegment result = library.chdb_stream_done(insert);
            try {
                check(library.chdb_result_error(result), statement);
            } finally {
                library.chdb_destroy_query_result(result);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Frees the INSERT; one that was not finished is cancelled.
    void endInsert() {
        lock.lock();
        try {
            stopInsert();
        } finally {
            lock.unlock();
        }
    }

    /// Whether a call is running now.
    boolean isBusy() {
        return lock.isLocked();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                stopSelect();
                stopInsert();
                library.chdb_close_conn(handle);
                ChdbEngine.PROCESS.closed(this);
            }
        } finally {
            lock.unlock();
        }
    }

    private void enter() {
        lock.lock();
        if (closed) {
            lock.unlock();
            throw new VaultException("the vault is closed");
        }
    }

    private void stopSelect() {
        release();
        if (answer.address() != 0) {
            library.chdb_stream_cancel_query(connection, answer);
            library.chdb_destroy_query_result(answer);
            answer = MemorySegment.NULL;
        }
    }

    private void stopInsert() {
        if (insert.address() != 0) {
            library.chdb_destroy_insert_stream(insert);
            insert = MemorySegment.NULL;
        }
    }

    private void release() {
        if (chunk.address() != 0) {
            library.chdb_destroy_query_result(chunk);
            chunk = MemorySegment.NULL;
        }
    }

    private MemorySegment bytes(MemorySegment result) {
        return library.chdb_result_buffer(result).reinterpret(library.chdb_result_length(result));
    }

    private static void check(String error, String sql) {
        if (error != null) {
            throw VaultException.of(error, sql);
        }
    }
}
