package org.ionforge.vault;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ionforge.bindings.chdb.chdb_h;
import org.ionforge.bindings.libc.unistd_h;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;

/// The one ClickHouse engine that libchdb can run in a process: which folder it has open, and its connections.
///
/// This is the process's state, not ours: libchdb keeps it in globals, serves one storage path at a time, and must be told
/// before its first connect to leave the JVM's signal handlers alone (it would take SIGSEGV, with which the JVM implements null
/// checks, and the first one in compiled code would hang). So there is one object of this class.
final class ChdbEngine {

    static final ChdbEngine PROCESS = new ChdbEngine();

    /// Memory the engine may use, in bytes; `$IONFORGE_VAULT_MEMORY` overrides it in MiB. A statement may have 80 % of it and spills
    /// its sorting and grouping to disk from a quarter on.
    static final long MEMORY = 1536L << 20;

    private final Set<ChdbConnection> open = new HashSet<>();
    private chdb_h library;
    private Path folder;
    private boolean ending;

    private ChdbEngine() {
    }

    /// A new connection to the vault in that folder.
    ///
    /// @throws InputException if another folder is open in this process
    /// @throws EnvironmentException if the library is missing, or another process holds the folder
    synchronized ChdbConnection connect(Path path, Consumer<String> note) {
        if (ending) {
            throw new VaultException("the process is ending; the vault " + path + " is closed");
        }
        if (folder != null && !folder.equals(path)) {
            throw new InputException("the vault " + folder + " is open in this process and libchdb serves one folder at a time; "
                    + "close it before opening " + path);
        }
        load(note);
        MemorySegment handle = handle(path);
        if (handle.address() == 0) {
            throw new EnvironmentException(refusal(path));
        }
        folder = path;
        ChdbConnection connection = new ChdbConnection(library, handle);
        open.add(connection);
        return connection;
    }

    private void load(Consumer<String> note) {
        if (library != null) {
            return;
        }
        Path file = ChdbLibrary.locate(note);
        try {
            library = new chdb_h(file);
        } catch (IllegalArgumentException | UnsatisfiedLinkError e) {
            throw new EnvironmentException(file + " cannot be loaded as libchdb " + ChdbLibrary.VERSION + ": " + e.getMessage(), e);
        }
        library.chdb_set_signal_handlers_enabled(0);
        detachStandardInput();
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "vault-end"));
    }

    /// An `INSERT … VALUES` takes rows from standard input too (libchdb is clickhouse-local within), so what a shell pipes into
    /// this process would be parsed as data. Nothing here reads standard input: it becomes empty.
    private static void detachStandardInput() {
        int nothing = unistd_h.open("/dev/null", unistd_h.O_RDONLY);
        if (nothing >= 0) {
            unistd_h.dup2(nothing, unistd_h.STDIN_FILENO);
            unistd_h.close(nothing);
        }
    }

    private MemorySegment handle(Path path) {
        List<String> arguments = arguments(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argv = arena.allocate(ValueLayout.ADDRESS, arguments.size() + 1L);
            for (int i = 0; i < arguments.size(); i++) {
                argv.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(arguments.get(i)));
            }
            return library.chdb_connect(arguments.size(), argv);
        }
    }

    /// Small caches and two background threads: the engine shares the machine with the job that feeds it.
    private static List<String> arguments(Path path) {
        long memory = memory();
        List<String> arguments = new ArrayList<>(List.of("clickhouse", "--path=" + path,
                "--max_server_memory_usage=" + memory,
                "--merges_mutations_memory_usage_soft_limit=" + memory / 3,
                "--mark_cache_size=" + memory / 32, "--primary_index_cache_size=" + memory / 32,
                "--query_condition_cache_size=" + memory / 64, "--uncompressed_cache_size=0",
                "--max_memory_usage=" + memory / 5 * 4,
                "--max_bytes_before_external_group_by=" + memory / 4,
                "--max_bytes_before_external_sort=" + memory / 4,
                "--max_threads=" + Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16)));
        Session.SETTINGS.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }

    private static long memory() {
        String given = System.getenv("IONFORGE_VAULT_MEMORY");
        if (given == null || given.isEmpty()) {
            return MEMORY;
        }
        try {
            return Math.multiplyExact(Long.parseLong(given), 1L << 20);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new InputException("IONFORGE_VAULT_MEMORY is '" + given + "'; it takes a number of MiB", e);
        }
    }

    /// Why libchdb, which only answers NULL, may have refused to open that folder. ClickHouse keeps a lock on its file `status`
    /// and writes the process id into it.
    private static String refusal(Path path) {
        try {
            Matcher pid = Pattern.compile("PID: (\\d+)").matcher(Files.readString(path.resolve("status")));
            if (pid.find() && ProcessHandle.of(Long.parseLong(pid.group(1))).isPresent()) {
                return "the vault " + path + " is in use by process " + pid.group(1)
                        + "; wait for it to end, stop it, or use another folder";
            }
        } catch (IOException e) {
            return "cannot open the vault " + path + ": is the folder writable? (" + e.getMessage() + ")";
        }
        return "cannot open the vault " + path + "; what libchdb printed above says why";
    }

    /// The engine's own version, `26.7.3`.
    synchronized String version() {
        return library.chdb_version();
    }

    synchronized void closed(ChdbConnection connection) {
        open.remove(connection);
        if (open.isEmpty()) {
            folder = null;
        }
    }

    /// Connections that are open now.
    synchronized int connections() {
        return open.size();
    }

    /// At the end of the process: what still runs is stopped and closed, since libchdb aborts the process when it ends under a
    /// running statement.
    private void end() {
        List<ChdbConnection> left;
        synchronized (this) {
            ending = true;
            left = List.copyOf(open);
        }
        if (left.stream().anyMatch(ChdbConnection::isBusy)) {
            kill();
        }
        left.forEach(ChdbConnection::close);
    }

    /// Cancels what runs on other threads, over a connection of its own.
    private void kill() {
        MemorySegment handle = handle(folder);
        if (handle.address() != 0) {
            try (ChdbConnection connection = new ChdbConnection(library, handle)) {
                connection.run("KILL QUERY WHERE query NOT LIKE 'KILL%' ASYNC", "TSV");
            }
        }
    }
}
