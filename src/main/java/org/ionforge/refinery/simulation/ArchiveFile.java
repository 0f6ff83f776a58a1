package org.ionforge.refinery.simulation;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// One `.csv.gz` of the archive, written as a single gzip member from parts that were compressed apart (in parallel): each
/// part ends on a byte by a sync flush, so that the parts behind each other are one deflate stream (as pigz does).
/// Not thread-safe. The file has its name only once it is whole.
final class ArchiveFile implements AutoCloseable {

    private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final int LEVEL = 4;

    private final Path file;
    private final Path part;
    private final OutputStream out;
    private final CRC32 crc = new CRC32();
    private long textBytes;
    private long fileBytes;

    ArchiveFile(Path file) throws IOException {
        this.file = file;
        part = file.resolveSibling(file.getFileName() + ".part");
        out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16);
        write(GZIP_HEADER, GZIP_HEADER.length);
    }

    /// A compressed piece of text: `deflated` is `deflatedLength` bytes that end on a byte, from `length` bytes of `text`.
    record Part(byte[] text, int length, byte[] deflated, int deflatedLength) {
    }

    static Part compress(byte[] text, int length) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            deflater.setInput(text, 0, length);
            byte[] deflated = new byte[length / 3 + 256];
            int size = 0;
            while (true) {
                size += deflater.deflate(deflated, size, deflated.length - size, Deflater.SYNC_FLUSH);
                if (size < deflated.length) {
                    return new Part(text, length, deflated, size);
                }
                deflated = Arrays.copyOf(deflated, deflated.length * 2);
            }
        } finally {
            deflater.end();
        }
    }

    void append(Part part) throws IOException {
        crc.update(part.text(), 0, part.length());
        textBytes += part.length();
        write(part.deflated(), part.deflatedLength());
    }

    /// Bytes in the file so far.
    long fileBytes() {
        return fileBytes;
    }

    /// Ends the stream and gives the file its name.
    Path finish() throws IOException {
        byte[] end = {3, 0};
        write(end, end.length);
        ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue()).putInt((int) textBytes);
        write(trailer.array(), 8);
        out.close();
        return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        fileBytes += length;
    }

    /// Removes the file if it was not finished.
    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(part);
    }
}
