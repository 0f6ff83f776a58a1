package org.ionforge.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The embedded vault: one engine in the process, connections, errors.
class VaultTest {

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeftOpen() {
        assertEquals(0, ChdbEngine.PROCESS.connections());
    }

    @Test
    void keepsRowsFromOneOpeningToTheNext() {
        String where = folder.resolve("a/b").toString();
        try (Vault vault = Vaults.open(where)) {
            vault.execute("INSERT INTO ingest_log (source, size) VALUES ('x', 7)");
            assertTrue(vault.description().matches("chdb 26\\.7\\.3 at .*/a/b"), vault.description());
        }
        try (Vault vault = Vaults.open(where)) {
            assertEquals(7, vault.number("SELECT sum(size) FROM ingest_log"));
            assertEquals("x\t7\n", vault.text("SELECT source, size FROM ingest_log", "TSV"));
            assertEquals(1, vault.number("SELECT count() FROM schema_version"));
        }
    }

    @Test
    void takesARelativePath() throws Exception {
        Path relative = Path.of("target", "relative-vault-" + ProcessHandle.current().pid());
        try (Vault vault = Vaults.open(relative.toString())) {
            assertEquals(3, vault.number("SELECT 1 + 2"));
            assertTrue(Files.isDirectory(relative.resolve("store")));
        }
    }

    @Test
    void servesOneFolderAtATime() {
        try (Vault first = Vaults.open(folder.resolve("first").toString());
             Vault again = Vaults.open(folder.resolve("first").toString())) {
            first.execute("INSERT INTO ingest_log (source) VALUES ('x')");
            assertEquals(1, again.number("SELECT count() FROM ingest_log"));
            String second = folder.resolve("second").toString();
            InputException refused = assertThrows(InputException.class, () -> Vaults.open(second));
            assertTrue(refused.getMessage().contains(first.description().replaceAll(".* at ", "")), refused.getMessage());
        }
    }

    @Test
    void refusesAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThrows(InputException.class, () -> Vaults.open(file.toString()));
    }

    @Test
    void errorsCarryCodeTextAndStatement() {
        try (Vault vault = Vaults.open(folder.toString())) {
            VaultException unknown = assertThrows(VaultException.class, () -> vault.execute("SELECT * FROM nowhere"));
            assertEquals(60, unknown.code());
            assertTrue(unknown.getMessage().contains("nowhere") && unknown.getMessage().contains("UNKNOWN_TABLE"), unknown.getMessage());
            assertTrue(unknown.getMessage().endsWith("in: SELECT * FROM nowhere"), unknown.getMessage());
            VaultException begun = assertThrows(VaultException.class, () -> vault.query("SELECT missing").close());
            assertEquals(47, begun.code());
            VaultException late = assertThrows(VaultException.class, () -> {
                try (BlockReader reader = vault.query("SELECT throwIf(number = 300000) FROM numbers(400000)")) {
                    while (reader.next() != null) {
                        assertTrue(true);
                    }
                }
            });
            assertEquals(395, late.code());
            VaultException table = assertThrows(VaultException.class, () -> vault.insert("nowhere", "a").close());
            assertEquals(60, table.code());
            assertEquals(1, vault.number("SELECT 1"), "the vault goes on");
        }
    }

    @Test
    void streamsMillionsOfRowsInAndOut() {
        int rows = 500_000;
        try (Vault vault = Vaults.open(folder.toString()); Arena arena = Arena.ofConfined()) {
            vault.execute("CREATE TABLE numbers_ (n UInt32, word LowCardinality(String)) ENGINE = MergeTree ORDER BY n");
            MemorySegment n = arena.allocate(rows * 4L, 4);
            MemorySegment index = arena.allocate(rows * 4L, 4);
            List<byte[]> words = List.of("even".getBytes(StandardCharsets.UTF_8), "odd".getBytes(StandardCharsets.UTF_8));
            try (BlockWriter writer = vault.insert("numbers_", "n", "word")) {
                for (int block = 0; block < 6; block++) {
                    for (int i = 0; i < rows; i++) {
                        n.setAtIndex(ValueLayout.JAVA_INT, i, block * rows + i);
                        index.setAtIndex(ValueLayout.JAVA_INT, i, i & 1);
                    }
                    writer.write(new Block(rows, List.of(new Column.Fixed("n", "UInt32", rows, 4, n),
                            new Column.Dictionary("word", rows, words, index))));
                }
                assertEquals(6L * rows, writer.finish());
            }
            assertEquals(6L * rows, vault.number("SELECT count() FROM numbers_"));
            long next = 0;
            try (BlockReader reader = vault.query("SELECT n, word FROM numbers_ ORDER BY n")) {
                for (Block block = reader.next(); block != null; block = reader.next()) {
                    for (int row = 0; row < block.rows(); row++) {
                        assertEquals(next, block.column("n").longAt(row));
                        assertEquals((next & 1) == 0 ? "even" : "odd", block.column("word").textAt(row));
                        next++;
                    }
                }
                assertNull(reader.next());
            }
            assertEquals(6L * rows, next);
        }
    }

    @Test
    void aReaderAndAWriterMayRunTogetherAndEndEarly() {
        try (Vault vault = Vaults.open(folder.toString()); Arena arena = Arena.ofConfined()) {
            vault.execute("CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n");
            try (BlockReader reader = vault.query("SELECT number FROM numbers(100000000)");
                 BlockWriter abandoned = vault.insert("t", "n")) {
                assertTrue(reader.next().rows() > 0);
                abandoned.write(new Block(1, List.of(new Column.Fixed("n", "UInt8", 1, 1, arena.allocate(1)))));
            }
            try (BlockWriter empty = vault.insert("t", "n")) {
                assertEquals(0, empty.finish());
            }
            assertEquals(0, vault.number("SELECT count() FROM t"));
            assertThrows(IllegalArgumentException.class, () -> {
                try (BlockWriter wrong = vault.insert("t", "n")) {
                    wrong.write(new Block(1, List.of(new Column.Fixed("m", "UInt8", 1, 1, arena.allocate(1)))));
                }
            });
        }
    }
}
