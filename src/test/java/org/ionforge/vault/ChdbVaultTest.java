package org.ionforge.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The embedded vault: what every vault does, and that one process has one engine.
class ChdbVaultTest extends VaultContract {

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

    @Override
    Vault open() {
        return Vaults.open(folder.toString());
    }

    @Test
    void writesTheBytesThatTheEngineWrites() {
        try (Arena arena = Arena.ofConfined(); Vault vault = open()) {
            Block block = SampleBlock.plain(arena, 1009);
            SampleBlock.fill(vault, block);
            ByteArrayOutputStream ours = new ByteArrayOutputStream();
            try (NativeWriter writer = new NativeWriter(piece -> ours.writeBytes(piece.toArray(ValueLayout.JAVA_BYTE)))) {
                writer.write(block);
                writer.flush();
            }
            ChdbConnection connection = ChdbEngine.PROCESS.connect(folder.toAbsolutePath(), line -> { });
            try (connection) {
                assertArrayEquals(connection.run("SELECT * EXCEPT row FROM ionforge.sample ORDER BY row", "Native"), ours.toByteArray());
            }
        }
    }
}
