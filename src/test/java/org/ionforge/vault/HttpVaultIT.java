package org.ionforge.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The vault on a server: what every vault does, and what can be wrong with a server.
class HttpVaultIT extends VaultContract {

    @TempDir
    static Path folder;
    private static ChdbServer server;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    @BeforeAll
    static void start() {
        server = ChdbServer.start(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private final int database = DATABASES.incrementAndGet();

    @Override
    Vault open() {
        return Vaults.open(server.where("contract" + database));
    }

    @Test
    void makesItsDatabaseAndKeepsItsRows() {
        String password = URLEncoder.encode(ChdbServer.PASSWORD, StandardCharsets.UTF_8);
        String where = "http://" + ChdbServer.USER + ":" + password + "@127.0.0.1:" + server.port() + "/mine";
        try (Vault vault = Vaults.open(where)) {
            assertEquals("keeper\tmine\n", vault.text("SELECT currentUser(), currentDatabase()", "TSV"));
            vault.execute("INSERT INTO ingest_log (source, size) VALUES ('x', 7)");
            assertTrue(vault.description().matches("server 26\\.7\\.2\\.1 at http://127.0.0.1:\\d+/mine"), vault.description());
        }
        try (Vault vault = Vaults.open(where)) {
            assertEquals(7, vault.number("SELECT sum(size) FROM ingest_log"));
        }
    }

    @Test
    void aWrongPasswordIsSaidWithoutIt() {
        EnvironmentException refused = assertThrows(EnvironmentException.class,
                () -> Vaults.open("http://keeper:secret@127.0.0.1:" + server.port() + "/mine"));
        assertTrue(refused.getMessage().contains("refuses user 'keeper'"), refused.getMessage());
        assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
    }

    @Test
    void noServerAndNoHostAreSaid() {
        EnvironmentException silent = assertThrows(EnvironmentException.class, () -> Vaults.open("http://127.0.0.1:1/x"));
        assertTrue(silent.getMessage().contains("http://127.0.0.1:1"), silent.getMessage());
        EnvironmentException nowhere = assertThrows(EnvironmentException.class, () -> Vaults.open("http://no.such.host.invalid/x"));
        assertTrue(nowhere.getMessage().contains("no.such.host.invalid"), nowhere.getMessage());
        assertThrows(InputException.class, () -> Vaults.open("http://host:8123/two/parts"));
    }

    @Test
    void anOldServerAndNoClickHouseAreSaid() throws IOException {
        assertTrue(refusal("18.16.1").contains("ClickHouse 18.16.1"));
        assertTrue(refusal("23.7.9").contains("23.8 or newer"));
        assertTrue(refusal("<html>").contains("no ClickHouse server"));
    }

    /// What a vault says to a server that calls itself that version.
    private static String refusal(String version) throws IOException {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] body = (version + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        other.start();
        try {
            return assertThrows(EnvironmentException.class,
                    () -> Vaults.open("http://127.0.0.1:" + other.getAddress().getPort() + "/x")).getMessage();
        } finally {
            other.stop(0);
        }
    }
}
