package org.ionforge.vault;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.ionforge.errors.EnvironmentException;

/// A ClickHouse server, by HTTP with ClickHouse's own client.
///
/// Only failures to connect are tried again: then nothing has been sent. A statement that was sent may have been done.
final class HttpVault implements Vault {

    private static final int OLDEST_YEAR = 23;
    private static final int OLDEST_MONTH = 8;
    private static final int CONNECTIONS = 64;
    private static final int AUTHENTICATION_FAILED = 516;
    private static final int CONNECT_SECONDS = 10;

    private final ServerAddress address;
    private final String version;
    private final Client client;

    private HttpVault(ServerAddress address, String version, Client client) {
        this.address = address;
        this.version = version;
        this.client = client;
    }

    static HttpVault open(String where) {
        ServerAddress address = ServerAddress.of(where);
        String version;
        try (Client first = builder(address).setDefaultDatabase("").setMaxRetries(0).build()) {
            version = version(first, address);
            answer(first, "CREATE DATABASE IF NOT EXISTS `" + address.database() + "`", "TSV");
        }
        Client.Builder builder = builder(address).setDefaultDatabase(address.database());
        Session.SETTINGS.forEach(builder::serverSetting);
        return new HttpVault(address, version, builder.build());
    }

    private static Client.Builder builder(ServerAddress address) {
        return new Client.Builder().addEndpoint(address.endpoint()).setUsername(address.user()).setPassword(address.password())
                .setClientName("ionforge").setMaxConnections(CONNECTIONS)
                .setConnectTimeout(CONNECT_SECONDS, ChronoUnit.SECONDS).setSocketKeepAlive(true).compressServerResponse(false).compressClientRequest(false)
                .retryOnFailures(ClientFaultCause.ConnectTimeout, ClientFaultCause.ConnectionRequestTimeout);
    }

    /// The server's version, once it is known to be one that serves.
    private static String version(Client client, ServerAddress address) {
        String version;
        try {
            version = answer(client, "SELECT version()", "TSV").strip();
        } catch (VaultException e) {
            if (e.code() == AUTHENTICATION_FAILED) {
                throw new EnvironmentException("the server " + address.endpoint() + " refuses user '" + address.user()
                        + "' with the password given; check both in http://user:password@host:port/database", e);
            }
            throw new EnvironmentException("no ClickHouse server answers at " + address.endpoint() + ": " + cause(e)
                    + "; check host, port (8123 is usual for http) and that the server listens there", e);
        }
        String[] parts = version.split("\\.");
        try {
            int year = Integer.parseInt(parts[0]);
            if (year > OLDEST_YEAR || year == OLDEST_YEAR && Integer.parseInt(parts[1]) >= OLDEST_MONTH) {
                return version;
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new EnvironmentException("what answers at " + address.endpoint() + " is no ClickHouse server: its version is '"
                    + version + "'", e);
        }
        throw new EnvironmentException("the server " + address.endpoint() + " is ClickHouse " + version + "; the vault needs "
                + OLDEST_YEAR + "." + OLDEST_MONTH + " or newer: upgrade it, or use a folder as the vault");
    }

    private static String cause(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getClass().getSimpleName() + ": " + deepest.getMessage();
    }

    @Override
    public String description() {
        return "server " + version + " at " + address;
    }

    @Override
    public void execute(String sql) {
        answer(client, sql, "TSV");
    }

    @Override
    public String text(String sql, String format) {
        return answer(client, sql, format);
    }

    @Override
    public BlockReader query(String sql) {
        return new HttpBlockReader(send(client, sql, "Native"), sql);
    }

    @Override
    public BlockWriter insert(String table, String... columns) {
        String sql = InsertStatement.of(table, columns);
        // The server says only at the end of an insert that its table is missing; ask before.
        execute("SELECT " + String.join(", ", columns) + " FROM " + table + " LIMIT 0");
        return new HttpBlockWriter(client, sql, table, List.of(columns));
    }

    @Override
    public void close() {
        client.close();
    }

    private static String answer(Client client, String sql, String format) {
        QueryResponse response = send(client, sql, format);
        try {
            return new String(response.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw failure(e, sql);
        } finally {
            end(response, sql);
        }
    }

    /// Gives the connection back, or breaks it where the answer has not been read to its end.
    static void end(QueryResponse response, String sql) {
        try {
            response.close();
        } catch (Exception e) {
            throw VaultException.of("cannot end the query: " + e.getMessage(), sql, e);
        }
    }

    private static QueryResponse send(Client client, String sql, String format) {
        try {
            return client.query(sql, new QuerySettings().setFormat(format(format))).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VaultException.of("interrupted", sql, e);
        } catch (VaultException e) {
            throw e;
        } catch (ExecutionException | RuntimeException e) {
            throw failure(e, sql);
        }
    }

    private static ClickHouseFormat format(String name) {
        try {
            return ClickHouseFormat.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new VaultException("Code: 73. Unknown format " + name + ". (UNKNOWN_FORMAT)", e);
        }
    }

    /// What went wrong, with the server's own words where it spoke.
    static VaultException failure(Exception e, String sql) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerException server) {
                String said = server.getMessage();
                return VaultException.of(said.contains("Code: ") ? said : "Code: " + server.getCode() + ". " + said, sql, e);
            }
        }
        return VaultException.of(cause(e), sql, e);
    }
}
