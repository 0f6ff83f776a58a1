package org.ionforge.vault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;

/// ClickHouse inside this process, its tables in a folder.
///
/// A statement borrows a connection for as long as it runs (a reader or writer until it is closed); a few idle ones are kept.
final class ChdbVault implements Vault {

    static final String DATABASE = "ionforge";
    private static final int KEPT = 4;

    private final Path folder;
    private final Consumer<String> note;
    private final Deque<ChdbConnection> idle = new ArrayDeque<>();
    private final Set<ChdbConnection> lent = new HashSet<>();
    private boolean closed;

    private ChdbVault(Path folder, Consumer<String> note) {
        this.folder = folder;
        this.note = note;
    }

    static ChdbVault open(String where, Consumer<String> note) {
        ChdbVault vault = new ChdbVault(folder(where), note);
        ChdbConnection first = ChdbEngine.PROCESS.connect(vault.folder, note);
        try {
            first.run("CREATE DATABASE IF NOT EXISTS " + DATABASE + " ENGINE = Atomic", "TSV");
            first.run("USE " + DATABASE, "TSV");
        } catch (RuntimeException e) {
            first.close();
            throw e;
        }
        vault.idle.push(first);
        return vault;
    }

    private static Path folder(String where) {
        try {
            Path folder = Path.of(where).toAbsolutePath().normalize();
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new InputException("the vault " + where + " is a file; name a folder, or http://user:password@host:port/database");
            }
            Files.createDirectories(folder);
            return folder.toRealPath();
        } catch (InvalidPathException e) {
            throw new InputException("'" + where + "' is no path: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new EnvironmentException("cannot create the folder " + where + " for the vault: " + e, e);
        }
    }

    @Override
    public String description() {
        return "chdb " + ChdbEngine.PROCESS.version() + " at " + folder;
    }

    @Override
    public void execute(String sql) {
        text(sql, "TSV");
    }

    @Override
    public String text(String sql, String format) {
        ChdbConnection connection = borrow();
        try {
            return new String(connection.run(sql, format), StandardCharsets.UTF_8);
        } finally {
            giveBack(connection);
        }
    }

    @Override
    public BlockReader query(String sql) {
        ChdbConnection connection = borrow();
        try {
            connection.select(sql);
            return new ChdbBlockReader(this, connection);
        } catch (RuntimeException e) {
            connection.endSelect();
            giveBack(connection);
            throw e;
        }
    }

    @Override
    public BlockWriter insert(String table, String... columns) {
        ChdbConnection connection = borrow();
        try {
            connection.insert(InsertStatement.of(table, columns));
            return new ChdbBlockWriter(this, connection, columns);
        } catch (RuntimeException e) {
            connection.endInsert();
            giveBack(connection);
            throw e;
        }
    }

    private ChdbConnection borrow() {
        synchronized (idle) {
            if (closed) {
                throw new VaultException("the vault " + folder + " is closed");
            }
            if (!idle.isEmpty()) {
                ChdbConnection connection = idle.pop();
                lent.add(connection);
                return connection;
            }
        }
        ChdbConnection connection = ChdbEngine.PROCESS.connect(folder, note);
        try {
            connection.run("USE " + DATABASE, "TSV");
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
        synchronized (idle) {
            lent.add(connection);
        }
        return connection;
    }

    void giveBack(ChdbConnection connection) {
        synchronized (idle) {
            lent.remove(connection);
            if (!closed && idle.size() < KEPT) {
                idle.push(connection);
                return;
            }
        }
        connection.close();
    }

    /// Closes every connection; readers and writers that are still open fail from now on.
    @Override
    public void close() {
        Set<ChdbConnection> all;
        synchronized (idle) {
            closed = true;
            all = new HashSet<>(lent);
            all.addAll(idle);
            lent.clear();
            idle.clear();
        }
        all.forEach(ChdbConnection::close);
    }
}
