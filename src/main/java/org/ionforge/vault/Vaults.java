package org.ionforge.vault;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.ionforge.errors.InputException;

/// Opens vaults.
public final class Vaults {

    private Vaults() {
    }

    /// Opens the vault at `where` and brings its tables up to date.
    ///
    /// @param where a folder (created if missing): ClickHouse inside this process, through libchdb; or
    ///              `http://user:password@host:port/database`, also https: a server, database created if missing
    /// @throws org.ionforge.errors.EnvironmentException if libchdb or the server cannot be had, or another process has the folder
    /// @throws org.ionforge.errors.InputException if `where` cannot be a vault
    /// @throws VaultException if the tables cannot be brought up to date
    public static Vault open(String where) {
        return open(where, line -> { });
    }

    /// Opens the vault at `where`.
    ///
    /// @param note receives a line for each thing worth telling a user who waits (the library is being fetched)
    public static Vault open(String where, Consumer<String> note) {
        Vault vault = connect(where, note);
        try {
            Migrations.apply(vault);
            return vault;
        } catch (RuntimeException e) {
            vault.close();
            throw e;
        }
    }

    /// Opens a vault to look into it: a folder that is not there is an error instead of a new vault.
    ///
    /// @throws org.ionforge.errors.InputException if there is no such folder
    public static Vault openExisting(String where, Consumer<String> note) {
        if (!isServer(where) && !Files.isDirectory(Path.of(where).resolve("store"))) {
            throw new InputException("there is no vault in " + where + "; 'refine' makes one");
        }
        return open(where, note);
    }

    /// The folder of a vault inside this process; none for a server.
    public static Optional<Path> folder(String where) {
        return isServer(where) ? Optional.empty() : Optional.of(Path.of(where));
    }

    private static boolean isServer(String where) {
        return where.startsWith("http://") || where.startsWith("https://");
    }

    /// Opens the vault at `where` without touching its tables.
    static Vault connect(String where, Consumer<String> note) {
        return isServer(where) ? HttpVault.open(where) : ChdbVault.open(where, note);
    }
}
