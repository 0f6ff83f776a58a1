package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpotFileReaderTest {

    @TempDir
    Path folder;

    private static final String TEXT = lines(60_000);

    @Test
    void cutsAtLineEndsAndCountsLines() throws IOException {
        assertEquals(TEXT + "\n", read("plain.csv", TEXT.getBytes(StandardCharsets.US_ASCII), false));
        assertEquals(TEXT + "\n", read("packed.csv.gz", gzip(TEXT), false));
        assertEquals("", read("empty.csv", new byte[0], false));
        assertEquals("x\n", read("one.csv", new byte[] {'x'}, false));
        String longLine = "a".repeat(3 * SpotFileReader.CHUNK);
        assertEquals("b\n" + longLine + "\nc\n", read("long.csv", ("b\n" + longLine + "\nc\n").getBytes(StandardCharsets.US_ASCII), false));
    }

    @Test
    void readsEveryMember() throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip(TEXT + "\n"));
        both.write(gzip(""));
        both.write(gzip("last\n"));
        both.write(new byte[37]);
        assertEquals(TEXT + "\nlast\n", read("members.csv.gz", both.toByteArray(), false));
    }

    @Test
    void keepsWhatAFileCutShortStillHolds() throws IOException {
        byte[] packed = gzip(TEXT);
        for (int length : new int[] {packed.length - 1, packed.length - 9, packed.length / 2, 12, 5}) {
            String text = read("cut" + length + ".csv.gz", Arrays.copyOf(packed, length), true);
            assertTrue((TEXT + "\n").startsWith(text.isEmpty() ? "" : text.substring(0, text.length() - 1)));
            assertTrue(length < packed.length / 2 || text.length() > TEXT.length() / 3);
            assertTrue(length < packed.length - 9 || text.equals(TEXT + "\n"), "only the checksum is missing");
        }
        byte[] damaged = packed.clone();
        Arrays.fill(damaged, packed.length / 2, packed.length / 2 + 64, (byte) 0xff);
        read("damaged.csv.gz", damaged, true);
        read("followed.csv.gz", Arrays.copyOf("junk".getBytes(StandardCharsets.US_ASCII), 4), false);
    }

    @Test
    void hashesTheStoredBytes() throws IOException {
        Path file = Files.write(folder.resolve("h.csv.gz"), gzip(TEXT));
        try (SpotFileReader reader = new SpotFileReader(new SpotFile(file, "h", Files.size(file)), 0)) {
            TextBuffer buffer = new TextBuffer();
            while (reader.next(buffer) != null) {
                // to the end
            }
            assertEquals(StoredBytes.hash(file), reader.hash());
            assertEquals(Files.size(file), reader.bytesRead());
        }
    }

    private String read(String name, byte[] stored, boolean faulty) throws IOException {
        Path path = Files.write(folder.resolve(name), stored);
        StringBuilder text = new StringBuilder();
        TextBuffer buffer = new TextBuffer();
        long lines = 1;
        boolean truncated = false;
        try (SpotFileReader reader = new SpotFileReader(new SpotFile(path, name, stored.length), 0)) {
            for (Chunk chunk = reader.next(buffer); chunk != null; chunk = reader.next(buffer)) {
                assertEquals(lines, chunk.firstLine());
                String part = new String(chunk.memory().asSlice(chunk.start(), chunk.length()).toArray(ValueLayout.JAVA_BYTE),
                        StandardCharsets.US_ASCII);
                assertEquals(part.chars().filter(c -> c == '\n').count(), chunk.lines());
                assertTrue(part.endsWith("\n"));
                assertFalse(truncated);
                truncated = chunk.truncated();
                lines += chunk.lines();
                text.append(part);
            }
            assertEquals(faulty, reader.fault().isPresent());
            assertTrue(faulty || !truncated);
        }
        return text.toString();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    private static String lines(int n) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < n; i++) {
            text.append("line ").append(i * 7919L % 100_003).append(i == n - 1 ? "" : "\n");
        }
        return text.toString();
    }
}
