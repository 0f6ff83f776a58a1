package org.ionforge.vault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.bindings.chdb.chdb_h;

/// A real ClickHouse server for tests: libchdb's `clickhouse local` with an HTTP listener, in a child process that ends with its
/// parent. It has the user `default` without a password and `keeper` with the password `p@ss:word/1`.
public final class ChdbServer implements AutoCloseable {

    public static final String USER = "keeper";
    public static final String PASSWORD = "p@ss:word/1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final int port;

    private ChdbServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Starts a server whose data are in that folder and waits until it answers.
    public static ChdbServer start(Path folder) {
        try {
            Files.createDirectories(folder);
            int port = freePort();
            Path log = folder.resolve("server.log");
            List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
                    ChdbServer.class.getName(), folder.toString(), Integer.toString(port)));
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
            ChdbServer server = new ChdbServer(process, port);
            try {
                server.await(log);
            } catch (RuntimeException | IOException e) {
                server.close();
                throw e;
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void await(Path log) throws IOException {
        HttpRequest ping = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ping")).timeout(Duration.ofSeconds(2)).build();
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() < end && process.isAlive()) {
                try {
                    if (client.send(ping, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
                        return;
                    }
                } catch (IOException e) {
                    Thread.sleep(50);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("the test's ClickHouse server did not answer: " + Files.readString(log));
    }

    /// Where a vault in that database is.
    public String where(String database) {
        return "http://127.0.0.1:" + port + "/" + database;
    }

    public int port() {
        return port;
    }

    /// Kills it at once, as a power cut would.
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// The child: folder, port.
    public static void main(String[] arguments) throws IOException {
        Thread.ofPlatform().daemon().start(ChdbServer::endWithParent);
        Path folder = Path.of(arguments[0]);
        Path users = Files.writeString(folder.resolve("users.xml"), """
                <clickhouse>
                  <users>
                    <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
                      <quota>default</quota></default>
                    <keeper><password>p@ss:word/1</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
                      <quota>default</quota></keeper>
                  </users>
                  <profiles><default></default></profiles>
                  <quotas><default></default></quotas>
                </clickhouse>
                """);
        Path config = Files.writeString(folder.resolve("config.xml"),
                "<clickhouse><users_config>" + users + "</users_config></clickhouse>");
        chdb_h library = new chdb_h(ChdbLibrary.locate(System.out::println));
        library.chdb_set_signal_handlers_enabled(0);
        // Always TSV: the output format given here is the default of every session of the server.
        List<String> argv = List.of("clickhouse", "--path=" + folder, "--config-file=" + config,
                "--listen_host=127.0.0.1", "--http_port=" + arguments[1], "--output-format=TSV",
                "--query=SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM numbers(3600) SETTINGS max_block_size = 1, "
                        + "function_sleep_max_microseconds_per_block = 100000000000");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, argv.size() + 1L);
            for (int i = 0; i < argv.size(); i++) {
                pointers.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(argv.get(i)));
            }
            MemorySegment result = library.chdb_query_cmdline(argv.size(), pointers);
            System.out.println("ended: " + library.chdb_result_error(result));
        }
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            System.out.println("parent gone: " + e);
        }
        Runtime.getRuntime().halt(0);
    }
}
