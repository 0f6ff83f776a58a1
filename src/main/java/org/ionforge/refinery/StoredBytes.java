package org.ionforge.refinery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A file's bytes as stored, with their SHA-256 worked out on the way.
final class StoredBytes implements AutoCloseable {

    private final FileChannel file;
    private final MessageDigest digest = sha256();
    private long count;

    StoredBytes(Path path) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.READ);
    }

    /// Reads into what remains of `target`; −1 at the end.
    int read(ByteBuffer target) throws IOException {
        ByteBuffer fresh = target.slice();
        int read = file.read(target);
        if (read > 0) {
            digest.update(fresh.limit(read));
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
        ByteBuffer rest = ByteBuffer.allocate(1 << 16);
        while (read(rest.clear()) >= 0) {
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
