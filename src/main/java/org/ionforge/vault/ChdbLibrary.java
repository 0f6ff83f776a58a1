package org.ionforge.vault;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.ionforge.downloads.NpmPackage;
import org.ionforge.errors.EnvironmentException;

/// Where libchdb.so lies: `$CHDB_LIB`, else `~/.cache/ionforge/chdb-VERSION/libchdb.so`, which is fetched from the npm registry
/// on first use (178 MB, 566 MB unpacked).
final class ChdbLibrary {

    static final String VERSION = "26.7.3-stable.1";

    private static final NpmPackage PACKAGE = new NpmPackage("@chdb/lib-linux-x64-gnu@" + VERSION,
            "c0d32b129e988f2b9a9a31c9141aecf5e1e2453f9a079efc4d36ab8e3f92b2ad", "chdb-" + VERSION, List.of("package/libchdb.so"),
            "the vault", "178 MB", "set CHDB_LIB to a libchdb.so " + VERSION);

    private ChdbLibrary() {
    }

    /// The library's file.
    ///
    /// @param note receives a line for each thing worth telling a user who waits
    /// @throws EnvironmentException if it is not there and cannot be fetched
    static Path locate(Consumer<String> note) {
        return locate(System.getenv("CHDB_LIB"), note);
    }

    /// @param given what CHDB_LIB says, or null
    static Path locate(String given, Consumer<String> note) {
        if (given == null || given.isEmpty()) {
            return PACKAGE.locate(note).resolve("libchdb.so");
        }
        Path file = Path.of(given).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new EnvironmentException("CHDB_LIB names " + file + ", which is not a file; point it at libchdb.so "
                    + VERSION + ", or unset it to have the npm package " + PACKAGE.specification() + " fetched");
        }
        return file;
    }
}
