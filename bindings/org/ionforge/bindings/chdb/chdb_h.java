package org.ionforge.bindings.chdb;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.ionforge.bindings.NativeLibrary;

/// `chdb.h` of libchdb 26.7: the functions the vault calls. Unlike the other headers it is an object: where the library lies
/// is known only when it has been found or fetched. A library, once loaded, stays until the process ends.
///
/// The four opaque handles (connection, result, insert stream, and the connection's own pointer that `chdb_connect` returns)
/// are plain addresses. `char *` that only inform (version, errors) come back as strings, or null for NULL.
public final class chdb_h {

    private final MethodHandle chdb_version;
    private final MethodHandle chdb_set_signal_handlers_enabled;
    private final MethodHandle chdb_connect;
    private final MethodHandle chdb_close_conn;
    private final MethodHandle chdb_query_n;
    private final MethodHandle chdb_query_cmdline;
    private final MethodHandle chdb_stream_query_n;
    private final MethodHandle chdb_stream_fetch_result;
    private final MethodHandle chdb_stream_cancel_query;
    private final MethodHandle chdb_destroy_query_result;
    private final MethodHandle chdb_stream_insert_n;
    private final MethodHandle chdb_stream_append;
    private final MethodHandle chdb_stream_done;
    private final MethodHandle chdb_stream_cancel_insert;
    private final MethodHandle chdb_stream_insert_error;
    private final MethodHandle chdb_destroy_insert_stream;
    private final MethodHandle chdb_result_buffer;
    private final MethodHandle chdb_result_length;
    private final MethodHandle chdb_result_rows_written;
    private final MethodHandle chdb_result_error;

    /// Loads the library.
    ///
    /// @throws IllegalArgumentException if the file cannot be loaded
    /// @throws UnsatisfiedLinkError if it lacks one of the functions
    public chdb_h(Path file) {
        NativeLibrary library = NativeLibrary.of(file);
        chdb_version = library.handle("chdb_version", FunctionDescriptor.of(ValueLayout.ADDRESS));
        chdb_set_signal_handlers_enabled = library.handle("chdb_set_signal_handlers_enabled",
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        chdb_connect = library.handle("chdb_connect",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        chdb_close_conn = library.handle("chdb_close_conn", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        chdb_query_n = library.handle("chdb_query_n",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        chdb_query_cmdline = library.handle("chdb_query_cmdline",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        chdb_stream_query_n = library.handle("chdb_stream_query_n",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        chdb_stream_fetch_result = library.handle("chdb_stream_fetch_result",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        chdb_stream_cancel_query = library.handle("chdb_stream_cancel_query",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        chdb_destroy_query_result = library.handle("chdb_destroy_query_result",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        chdb_stream_insert_n = library.handle("chdb_stream_insert_n",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        chdb_stream_append = library.handle("chdb_stream_append",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        chdb_stream_done = library.handle("chdb_stream_done",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        chdb_stream_cancel_insert = library.handle("chdb_stream_cancel_insert",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        chdb_stream_insert_error = library.handle("chdb_stream_insert_error",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        chdb_destroy_insert_stream = library.handle("chdb_destroy_insert_stream",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        chdb_result_buffer = library.handle("chdb_result_buffer",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        chdb_result_length = library.handle("chdb_result_length",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        chdb_result_rows_written = library.handle("chdb_result_rows_written",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        chdb_result_error = library.handle("chdb_result_error",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    private static String string(MemorySegment text) {
        return text.address() == 0 ? null : text.reinterpret(Long.MAX_VALUE).getString(0, StandardCharsets.UTF_8);
    }

    /// `const char *chdb_version(void)`
    public String chdb_version() {
        try {
            return string((MemorySegment) chdb_version.invokeExact());
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `void chdb_set_signal_handlers_enabled(int enabled)`
    public void chdb_set_signal_handlers_enabled(int enabled) {
        try {
            chdb_set_signal_handlers_enabled.invokeExact(enabled);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `chdb_connection *chdb_connect(int argc, char **argv)`
    public MemorySegment chdb_connect(int argc, MemorySegment argv) {
        try {
            return (MemorySegment) chdb_connect.invokeExact(argc, argv);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `void chdb_close_conn(chdb_connection *conn)`
    public void chdb_close_conn(MemorySegment conn) {
        try {
            chdb_close_conn.invokeExact(conn);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `chdb_result *chdb_query_n(chdb_connection conn, const char *query, size_t query_len, const char *format, size_t format_len)`
    public MemorySegment chdb_query_n(MemorySegment conn, MemorySegment query, long query_len, MemorySegment format, long format_len) {
        try {
            return (MemorySegment) chdb_query_n.invokeExact(conn, query, query_len, format, format_len);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `chdb_result *chdb_query_cmdline(int argc, char **argv)`
    public MemorySegment chdb_query_cmdline(int argc, MemorySegment argv) {
        try {
            return (MemorySegment) chdb_query_cmdline.invokeExact(argc, argv);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `chdb_result *chdb_stream_query_n(chdb_connection conn, const char *query, size_t query_len, const char *format, size_t format_len)`
    public MemorySegment chdb_stream_query_n(MemorySegment conn, MemorySegment query, long query_len, MemorySegment format, long format_len) {
        try {
            return (MemorySegment) chdb_stream_query_n.invokeExact(conn, query, query_len, format, format_len);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `chdb_result *chdb_stream_fetch_result(chdb_connection conn, chdb_result *result)`
    public MemorySegment chdb_stream_fetch_result(MemorySegment conn, MemorySegment result) {
        try {
            return (MemorySegment) chdb_stream_fetch_result.invokeExact(conn, result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `void chdb_stream_cancel_query(chdb_connection conn, chdb_result *result)`
    public void chdb_stream_cancel_query(MemorySegment conn, MemorySegment result) {
        try {
            chdb_stream_cancel_query.invokeExact(conn, result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `void chdb_destroy_query_result(chdb_result *result)`
    public void chdb_destroy_query_result(MemorySegment result) {
        try {
            chdb_destroy_query_result.invokeExact(result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `chdb_insert_stream chdb_stream_insert_n(chdb_connection conn, const char *query, size_t query_len, const char *format, size_t format_len)`
    public MemorySegment chdb_stream_insert_n(MemorySegment conn, MemorySegment query, long query_len, MemorySegment format, long format_len) {
        try {
            return (MemorySegment) chdb_stream_insert_n.invokeExact(conn, query, query_len, format, format_len);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `chdb_state chdb_stream_append(chdb_insert_stream stream, const void *data, size_t len)`
    public int chdb_stream_append(MemorySegment stream, MemorySegment data, long len) {
        try {
            return (int) chdb_stream_append.invokeExact(stream, data, len);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `chdb_result *chdb_stream_done(chdb_insert_stream stream)`
    public MemorySegment chdb_stream_done(MemorySegment stream) {
        try {
            return (MemorySegment) chdb_stream_done.invokeExact(stream);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `void chdb_stream_cancel_insert(chdb_insert_stream stream)`
    public void chdb_stream_cancel_insert(MemorySegment stream) {
        try {
            chdb_stream_cancel_insert.invokeExact(stream);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `const char *chdb_stream_insert_error(chdb_insert_stream stream)`
    public String chdb_stream_insert_error(MemorySegment stream) {
        try {
            return string((MemorySegment) chdb_stream_insert_error.invokeExact(stream));
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `void chdb_destroy_insert_stream(chdb_insert_stream stream)`
    public void chdb_destroy_insert_stream(MemorySegment stream) {
        try {
            chdb_destroy_insert_stream.invokeExact(stream);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `char *chdb_result_buffer(chdb_result *result)`
    public MemorySegment chdb_result_buffer(MemorySegment result) {
        try {
            return (MemorySegment) chdb_result_buffer.invokeExact(result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `size_t chdb_result_length(chdb_result *result)`
    public long chdb_result_length(MemorySegment result) {
        try {
            return (long) chdb_result_length.invokeExact(result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `uint64_t chdb_result_rows_written(chdb_result *result)`
    public long chdb_result_rows_written(MemorySegment result) {
        try {
            return (long) chdb_result_rows_written.invokeExact(result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `const char *chdb_result_error(chdb_result *result)`
    public String chdb_result_error(MemorySegment result) {
        try {
            return string((MemorySegment) chdb_result_error.invokeExact(result));
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
