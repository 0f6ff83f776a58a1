package org.ionforge.downloads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.ionforge.errors.EnvironmentException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Finding and fetching a package, with a small one made here and `cp` in the place of npm.
class NpmPackageTest {

    @TempDir
    Path folder;
    private Path cache;
    private Path tgz;
    private String hash;
    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void makePackage() throws Exception {
        cache = folder.resolve("cache");
        Path content = Files.createDirectories(folder.resolve("made/package"));
        Files.writeString(content.resolve("library.so"), "the library");
        Files.writeString(Files.createDirectory(content.resolve("data")).resolve("numbers"), "1 2 3");
        Files.writeString(content.resolve("index.js"), "not wanted");
        tgz = folder.resolve("made.tgz");
        assertEquals(0, new ProcessBuilder("tar", "-czf", tgz.toString(), "-C", folder.resolve("made").toString(), "package")
                .start().waitFor());
        hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(tgz)));
    }

    private NpmPackage wanted(String sha256) {
        return new NpmPackage("@made/package@1.2", sha256, "made-1.2", List.of("package/library.so", "package/data/numbers"), "the test",
                "1 kB", "set MADE_LIB");
    }

    private List<String> copy() {
        return List.of("cp", tgz.toString(), ".");
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(f -> f.getFileName().toString()).filter(f -> !f.endsWith(".lock")).sorted().toList();
        }
    }

    @Test
    void fetchesOnceAndSaysSo() throws IOException {
        Files.createDirectories(cache.resolve("fetch-made-1.2-of-a-killed-process/package"));
        Path found = wanted(hash).locate(cache, copy(), notes::add);
        assertEquals("the library", Files.readString(found.resolve("library.so")));
        assertEquals("1 2 3", Files.readString(found.resolve("numbers")));
        assertEquals(cache.resolve("made-1.2"), found);
        assertEquals(2, notes.size(), notes.toString());
        assertTrue(notes.getFirst().contains("@made/package@1.2") && notes.getFirst().contains("1 kB"), notes.toString());
        assertEquals(List.of("made-1.2"), left(), "leftovers are swept");
        assertEquals(found, wanted(hash).locate(cache, List.of("false"), notes::add), "the second time nothing runs");
        assertEquals(2, notes.size());
    }

    @Test
    void aPackageWithAnotherHashIsNotUnpacked() throws IOException {
        EnvironmentException wrong = assertThrows(EnvironmentException.class,
                () -> wanted("00" + hash.substring(2)).locate(cache, copy(), notes::add));
        assertTrue(wrong.getMessage().contains(hash) && wrong.getMessage().contains("MADE_LIB"), wrong.getMessage());
        assertEquals(List.of(), left());
    }

    @Test
    void aMissingNpmAndAFailingOneNameThePackageAndTheWayOut() throws IOException {
        EnvironmentException missing = assertThrows(EnvironmentException.class,
                () -> wanted(hash).locate(cache, List.of("no-such-npm", "pack"), notes::add));
        EnvironmentException failing = assertThrows(EnvironmentException.class,
                () -> wanted(hash).locate(cache, List.of("sh", "-c", "echo getaddrinfo ENOTFOUND; exit 7"), notes::add));
        for (EnvironmentException each : List.of(missing, failing)) {
            assertTrue(each.getMessage().contains("The test needs the npm package @made/package@1.2") && each.getMessage().contains("MADE_LIB"), each.getMessage());
        }
        assertTrue(missing.getMessage().contains("apt install no-such-npm"), missing.getMessage());
        assertTrue(failing.getMessage().contains("ended with 7: getaddrinfo ENOTFOUND"), failing.getMessage());
        assertEquals(List.of(), left());
    }

    @Test
    void waitsForAProcessThatFetches() throws Exception {
        Files.createDirectories(cache);
        Path lock = cache.resolve("made-1.2.lock");
        Path go = folder.resolve("go");
        // Another process that holds the lock until it is told to go on, and has put the files there by then.
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), NpmPackageTest.class.getName(), lock.toString(), go.toString(),
                cache.resolve("made-1.2").toString()).redirectErrorStream(true).start();
        try {
            assertEquals("locked", other.inputReader().readLine());
            Path found = wanted(hash).locate(cache, List.of("false"), note -> {
                notes.add(note);
                release(go);
            });
            assertEquals("from the other", Files.readString(found.resolve("library.so")));
            assertEquals(List.of("waiting for another process that is fetching @made/package@1.2"), notes);
            assertFalse(left().stream().anyMatch(f -> f.startsWith("fetch-")));
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    private static void release(Path go) {
        try {
            Files.createFile(go);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The other process: lock, file to wait for, folder of the library.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            System.out.println("locked");
            while (!Files.exists(Path.of(arguments[1]))) {
                Thread.sleep(10);
            }
            Files.writeString(Files.createDirectories(Path.of(arguments[2])).resolve("library.so"), "from the other");
        }
    }
}
