package org.ionforge.vault;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.ionforge.errors.EnvironmentException;

/// Brings a vault's tables up to date: the files `V001__….sql`, `V002__….sql` in order, each once, each recorded with its hash in
/// the table `schema_version`.
///
/// A file's statements must be repeatable (`IF NOT EXISTS`), and its record is written last: a process killed in the middle leaves
/// an unrecorded file, which the next one runs again from its start.
final class Migrations {

    private static final List<String> FILES = List.of("V001__tables.sql");

    private Migrations() {
    }

    /// One file.
    ///
    /// @param version from its name
    /// @param statements in order
    record Migration(int version, String file, String hash, List<String> statements) {

        /// Statements are separated by lines that hold only `;`.
        static Migration of(String file, String text) {
            List<String> statements = Arrays.stream(text.split("(?m)^;[ \\t\\r]*$")).map(String::strip)
                    .filter(s -> !s.isEmpty()).toList();
            return new Migration(Integer.parseInt(file.substring(1, 4)), file, sha256(text), statements);
        }
    }

    /// Applies what is missing.
    ///
    /// @throws EnvironmentException if the vault was made with other versions of the files
    static void apply(Vault vault) {
        apply(vault, FILES.stream().map(file -> Migration.of(file, resource(file))).toList());
    }

    static void apply(Vault vault, List<Migration> migrations) {
        vault.execute("""
                CREATE TABLE IF NOT EXISTS schema_version (
                    version UInt32, file String, hash String, applied DateTime('UTC') DEFAULT now('UTC')
                ) ENGINE = MergeTree ORDER BY version""");
        Map<Integer, String> applied = applied(vault);
        int known = migrations.stream().mapToInt(Migration::version).max().orElse(0);
        for (int version : applied.keySet()) {
            if (version > known) {
                throw new EnvironmentException(vault.description() + " has tables of version " + version
                        + ", this program knows " + known + "; use the newer program that made them");
            }
        }
        for (Migration migration : migrations) {
            String hash = applied.get(migration.version());
            if (hash == null) {
                migration.statements().forEach(vault::execute);
                vault.execute("INSERT INTO schema_version (version, file, hash) VALUES (" + migration.version() + ", '"
                        + migration.file() + "', '" + migration.hash() + "')");
            } else if (!hash.equals(migration.hash())) {
                throw new EnvironmentException(vault.description() + " was made with another " + migration.file()
                        + " than this program has (SHA-256 " + hash + ", here " + migration.hash()
                        + "); use the program that made it, or a new vault");
            }
        }
    }

    private static Map<Integer, String> applied(Vault vault) {
        Map<Integer, String> applied = new HashMap<>();
        try (BlockReader reader = vault.query("SELECT version, hash FROM schema_version ORDER BY applied")) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                for (int row = 0; row < block.rows(); row++) {
                    applied.put((int) block.column("version").longAt(row), block.column("hash").textAt(row));
                }
            }
        }
        return applied;
    }

    private static String resource(String file) {
        try (InputStream in = Migrations.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its own " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
