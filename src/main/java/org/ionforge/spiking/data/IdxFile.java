package org.ionforge.spiking.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.ionforge.errors.InputException;

/// One IDX file of unsigned bytes, plain or gzip (LeCun's description of MNIST: two zero bytes, the type 0x08, the number of
/// dimensions, the big-endian dimensions, the data).
///
/// @param dimensions outermost first
/// @param data       row-major, unsigned
record IdxFile(Path path, int[] dimensions, byte[] data) {

    private static final int UNSIGNED_BYTE = 0x08;
    private static final int MOST_DIMENSIONS = 4;

    /// @throws InputException if it is no such file, cut short, or longer than its header says; with the byte offset
    static IdxFile read(Path path, int rank) {
        try (InputStream in = open(path)) {
            Reader reader = new Reader(path, in);
            byte[] head = reader.bytes(4, "the header");
            if (head[0] != 0 || head[1] != 0 || head[3] < 1 || head[3] > MOST_DIMENSIONS) {
                throw new InputException(path + ": no IDX file: byte offset 0 holds 0x" + String.format("%08x", ByteBuffer.wrap(head).getInt())
                        + ", an IDX file of bytes begins with 0x00000801 (labels) or 0x00000803 (images)");
            }
            if (head[2] != UNSIGNED_BYTE || head[3] != rank) {
                throw new InputException(path + ": byte offset 2: type 0x" + String.format("%02x", head[2]) + " with " + head[3]
                        + " dimensions, expected unsigned bytes (0x08) with " + rank
                        + (rank == 1 ? "; are images given as labels?" : "; are labels given as images?"));
            }
            int[] dimensions = new int[rank];
            long size = 1;
            for (int i = 0; i < rank; i++) {
                dimensions[i] = ByteBuffer.wrap(reader.bytes(4, "dimension " + i)).getInt();
                size = dimensions[i] <= 0 ? -1 : size * dimensions[i];
                if (size <= 0 || size > Integer.MAX_VALUE - 64) {
                    throw new InputException(path + ": byte offset " + (4 + 4 * i) + ": dimensions "
                            + Arrays.toString(Arrays.copyOf(dimensions, i + 1)) + " are not the size of a data set");
                }
            }
            byte[] data = reader.bytes((int) size, "the data");
            reader.end(dimensions);
            return new IdxFile(path, dimensions, data);
        } catch (IOException e) {
            throw new InputException(path + ": " + e.getMessage(), e);
        }
    }

    private static InputStream open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new InputException(path + ": no such file");
        }
        PushbackInputStream in = new PushbackInputStream(Files.newInputStream(path), 2);
        try {
            byte[] two = in.readNBytes(2);
            in.unread(two);
            boolean gzip = two.length == 2 && two[0] == 0x1F && (two[1] & 0xFF) == 0x8B;
            return gzip ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /// Reads and counts.
    private static final class Reader {
        private final Path path;
        private final InputStream in;
        private long offset;

        Reader(Path path, InputStream in) {
            this.path = path;
            this.in = in;
        }

        byte[] bytes(int count, String what) throws IOException {
            byte[] bytes = new byte[count];
            int got = 0;
            String fault = "";
            try {
                for (int n; got < count && (n = in.read(bytes, got, count - got)) > 0; ) {
                    got += n;
                }
            } catch (EOFException | ZipException e) {
                fault = " (" + e.getMessage() + ")";
            }
            if (got < count) {
                throw new InputException(path + ": cut short at byte offset " + (offset + got) + " of the unpacked file: " + what + " takes "
                        + count + " bytes from " + offset + fault);
            }
            offset += count;
            return bytes;
        }

        /// Nothing may follow, and the check sum at the end of a gzip file has to be there and right.
        void end(int[] dimensions) throws IOException {
            boolean more;
            try {
                more = in.read() >= 0;
            } catch (EOFException | ZipException e) {
                throw new InputException(path + ": cut short at byte offset " + offset + " of the unpacked file or damaged: " + e.getMessage(), e);
            }
            if (more) {
                throw new InputException(path + ": byte offset " + offset + ": more bytes than the dimensions " + Arrays.toString(dimensions)
                        + " announce");
            }
        }
    }
}
