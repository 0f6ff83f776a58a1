package org.ionforge.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.ionforge.errors.EnvironmentException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The embedded vault and the process around it: signals, ends, other processes.
@Timeout(120)
class VaultProcessIT {

    @TempDir
    Path folder;
    private Process child;

    @AfterEach
    void endChild() {
        if (child != null) {
            child.destroyForcibly();
            child.onExit().join();
        }
    }

    @Test
    void theJvmKeepsItsSignalHandlers() throws Exception {
        child = VaultChild.start("catch null pointers", folder.toString());
        VaultChild.awaitLine(child, "caught 5");
        assertEquals(0, child.waitFor());
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit with open streams", "exit while a statement runs"})
    void theProcessEndsWithItsOwnExitCode(String what) throws Exception {
        child = VaultChild.start(what, folder.toString());
        VaultChild.awaitLine(child, "open");
        assertTrue(child.waitFor(30, TimeUnit.SECONDS), "still running");
        String rest = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(7, child.exitValue(), rest);
        try (Vault vault = Vaults.open(folder.toString())) {
            assertEquals(1, vault.number("SELECT count() FROM schema_version"));
        }
    }

    @Test
    void whatIsPipedIntoTheProcessIsNoData() throws Exception {
        child = VaultChild.start("insert a row", folder.toString());
        try (OutputStream piped = child.getOutputStream()) {
            piped.write("(8)\nsome line of a list of files\n".getBytes(StandardCharsets.UTF_8));
        }
        VaultChild.awaitLine(child, "rows 1");
        assertEquals(0, child.waitFor());
    }

    @Test
    void anotherProcessThatHoldsTheFolderIsNamed() throws Exception {
        child = VaultChild.start("hold", folder.toString());
        VaultChild.awaitLine(child, "open");
        EnvironmentException held = assertThrows(EnvironmentException.class, () -> Vaults.open(folder.toString()));
        assertTrue(held.getMessage().contains("in use by process " + child.pid()), held.getMessage());
        endChild();
        try (Vault vault = Vaults.open(folder.toString())) {
            assertEquals(1, vault.number("SELECT 1"), "a dead process holds nothing");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPartitionSwapThatIsKilledIsMendedByDoingItAgain(boolean server) throws Exception {
        Random random = new Random(7);
        for (int kill = 0; kill < 3; kill++) {
            ChdbServer running = server ? ChdbServer.start(folder) : null;
            try {
                child = VaultChild.start("commit for ever", server ? running.where("swaps") : folder.toString());
                VaultChild.awaitLine(child, "committing");
                Thread.sleep(random.nextInt(400));
            } finally {
                if (server) {
                    running.close();
                }
                endChild();
            }
            check(server);
        }
    }

    private void check(boolean onServer) throws IOException {
        ChdbServer server = onServer ? ChdbServer.start(folder) : null;
        try (Vault vault = Vaults.open(onServer ? server.where("swaps") : folder.toString())) {
            boolean staged = vault.text("EXISTS TABLE x_staging", "TSV").equals("1\n")
                    && vault.number("SELECT count() FROM x_staging") == 1000;
            if (staged) {
                vault.execute("ALTER TABLE x REPLACE PARTITION 1 FROM x_staging");
                assertEquals(vault.number("SELECT any(n) FROM x_staging"), vault.number("SELECT any(n) FROM x"));
            }
            assertEquals("1000\t1\n", vault.text("SELECT count(), uniqExact(n) FROM x", "TSV"), "staged: " + staged);
        } finally {
            if (onServer) {
                server.close();
            }
        }
    }
}
