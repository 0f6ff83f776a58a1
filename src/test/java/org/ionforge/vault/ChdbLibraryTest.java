package org.ionforge.vault;

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

/// Finding and fetching libchdb, with a small package in the place of the large one.
class ChdbLibraryTest {

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
        Files.writeString(content.resolve("libchdb.so"), "the library");
        Files.writeString(content.resolve("index.js"), "not wanted");
        tgz = folder.resolve("made.tgz");
        assertEquals(0, new ProcessBuilder("tar", "-czf", tgz.toString(), "-C", folder.resolve("made").toString(), "package")
                .start().waitFor());
        hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(tgz)));
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
        Files.createDirectories(cache.resolve("fetch-of-a-killed-process/package"));
        Path library = ChdbLibrary.locate(cache, copy(), hash, notes::add);
        assertEquals("the library", Files.readString(library));
        assertEquals(cache.resolve("chdb-" + ChdbLibrary.VERSION + "/libchdb.so"), library);
        assertEquals(2, notes.size(), notes.toString());
        assertTrue(notes.getFirst().contains(ChdbLibrary.PACKAGE) && notes.getFirst().contains("178 MB"), notes.toString());
        assertEquals(List.of("chdb-" + ChdbLibrary.VERSION), left(), "leftovers are swept");
        assertEquals(library, ChdbLibrary.locate(cache, List.of("false"), hash, notes::add), "the second time nothing runs");
        assertEquals(2, notes.size());
    }

    @Test
    void aPackageWithAnotherHashIsNotUnpacked() throws IOException {
        EnvironmentException wrong = assertThrows(EnvironmentException.class,
                () -> ChdbLibrary.locate(cache, copy(), "00" + hash.substring(2), notes::add));
        assertTrue(wrong.getMessage().contains(hash) && wrong.getMessage().contains("CHDB_LIB"), wrong.getMessage());
        assertEquals(List.of(), left());
    }

    @Test
    void aMissingNpmAndAFailingOneNameThePackageAndTheWayOut() throws IOException {
        EnvironmentException missing = assertThrows(EnvironmentException.class,
                () -> ChdbLibrary.locate(cache, List.of("no-such-npm", "pack"), hash, notes::add));
        EnvironmentException failing = assertThrows(EnvironmentException.class,
                () -> ChdbLibrary.locate(cache, List.of("sh", "-c", "echo getaddrinfo ENOTFOUND; exit 7"), hash, notes::add));
        for (EnvironmentException each : List.of(missing, failing)) {
            assertTrue(each.getMessage().contains(ChdbLibrary.PACKAGE) && each.getMessage().contains("CHDB_LIB"), each.getMessage());
        }
        assertTrue(missing.getMessage().contains("apt install no-such-npm"), missing.getMessage());
        assertTrue(failing.getMessage().contains("ended with 7: getaddrinfo ENOTFOUND"), failing.getMessage());
        assertEquals(List.of(), left());
    }

    @Test
    void waitsForAProcessThatFetches() throws Exception {
        Files.createDirectories(cache);
        Path lock = cache.resolve("chdb-" + ChdbLibrary.VERSION + ".lock");
        Path go = folder.resolve("go");
        // Another process that holds the lock until it is told to go on, and has put the library there by then.
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), ChdbLibraryTest.class.getName(), lock.toString(), go.toString(),
                cache.resolve("chdb-" + ChdbLibrary.VERSION).toString()).redirectErrorStream(true).start();
        try {
            assertEquals("locked", other.inputReader().readLine());
            Path library = ChdbLibrary.locate(cache, List.of("false"), hash, note -> {
                notes.add(note);
                release(go);
            });
            assertEquals("from the other", Files.readString(library));
            assertEquals(List.of("waiting for another process that is fetching libchdb"), notes);
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
            Files.writeString(Files.createDirectories(Path.of(arguments[2])).resolve("libchdb.so"), "from the other");
        }
    }
}
