package org.ionforge.vault;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.ionforge.errors.InputException;

/// `http://user:password@host:port/database`, taken apart. User and password may be percent-encoded; without them the server's user
/// `default`, without a port 8123 (8443 for https), without a database `ionforge`.
record ServerAddress(String endpoint, String user, String password, String database) {

    static ServerAddress of(String where) {
        URI uri;
        try {
            uri = new URI(where);
        } catch (URISyntaxException e) {
            throw new InputException("the vault's address is not a URL (" + e.getReason() + " at position " + e.getIndex()
                    + "); it looks like http://user:password@host:8123/database, with %2F for / and %40 for @ in the password");
        }
        String path = uri.getPath() == null ? "" : uri.getPath().replaceAll("^/+|/+$", "");
        if (uri.getHost() == null || uri.getRawQuery() != null || !path.matches("[A-Za-z_][A-Za-z0-9_]*|")) {
            throw new InputException("the vault's address needs a host, and after it only the name of a database: "
                    + "http://user:password@host:8123/database");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 8443 : 8123;
        String[] user = uri.getRawUserInfo() == null ? new String[] {"default"} : uri.getRawUserInfo().split(":", 2);
        return new ServerAddress(uri.getScheme() + "://" + uri.getHost() + ":" + port, decoded(user[0]),
                user.length == 2 ? decoded(user[1]) : "", path.isEmpty() ? ChdbVault.DATABASE : path);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// Without user and password.
    @Override
    public String toString() {
        return endpoint + "/" + database;
    }
}
