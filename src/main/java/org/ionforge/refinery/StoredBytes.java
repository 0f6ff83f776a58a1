package org.ionforge.refinery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A file's bytes as stored, with their SHA-256 worked out on the way.
final class StoredBytes implements AutoCloseable {

    private final InputStream file;
    private final MessageDigest digest = sha256();
    private long count;

    StoredBytes(Path path) throws IOException {
        this.file = Files.newInputStream(path);
    }

    /// Reads up to `length` bytes; −1 at the end.
    int read(byte[] target, int offset, int length) throws IOException {
        int read = file.read(target, offset, length);
        if (read > 0) {
            digest.update(target, offset, read);
            count += read;
        }
        return read;
    }

    /// Bytes read so far.
    long count() {
        return count;
    }

    /// Reads what is left, so that the hash covers the whole file.
    String finish() throws IOException {
        byte[] rest = new byte[1 << 16];
        while (read(rest, 0, rest.length) >= 0) {
            // only the digest wants these bytes
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String hash(Path path) throws IOException {
        try (StoredBytes bytes = new StoredBytes(path)) {
            return bytes.finish();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
