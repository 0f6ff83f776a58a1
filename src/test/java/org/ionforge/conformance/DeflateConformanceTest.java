package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import org.ionforge.compute.text.Deflate;
import org.junit.jupiter.api.Test;

/// Native DEFLATE against the JDK's zlib: the same bytes, the same end, on sound streams, on cut ones and on damaged ones.
class DeflateConformanceTest {

    /// @param bytes    unpacked
    /// @param stop     what ended it
    /// @param consumed bytes of the input, where the stream ended
    private record Unpacked(byte[] bytes, Deflate.Stop stop, long consumed) {
    }

    private static final int[] SIZES = {0, 1, 2, 31, 257, 4099, 70_001, 1_000_003};

    @Test
    void unpacksWhatZlibPacks() {
        Random random = new Random(1);
        for (int size : SIZES) {
            for (byte[] text : texts(size, random)) {
                for (int level : new int[] {0, 1, 4, 6, 9}) {
                    for (int strategy : new int[] {Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY}) {
                        byte[] packed = Arrays.copyOf(packed(text, level, strategy), size % 7 + packed(text, level, strategy).length);
                        Unpacked unpacked = unpack(Deflate::open, packed, random);
                        assertEquals(Deflate.Stop.ENDED, unpacked.stop);
                        assertArrayEquals(text, unpacked.bytes);
                        assertEquals(packed.length - size % 7, unpacked.consumed, "what follows the stream is left");
                    }
                }
            }
        }
    }

    @Test
    void stopsWhereZlibStops() {
        Random random = new Random(2);
        Map<Deflate.Stop, Integer> stops = new EnumMap<>(Deflate.Stop.class);
        for (int round = 0; round < 6000; round++) {
            byte[] text = texts(1 + random.nextInt(1 << random.nextInt(3, 17)), random).get(random.nextInt(3));
            byte[] packed = packed(text, random.nextInt(10), random.nextInt(3));
            switch (random.nextInt(4)) {
                case 0 -> packed = Arrays.copyOf(packed, random.nextInt(packed.length));
                case 1 -> packed[random.nextInt(packed.length)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> packed[random.nextInt(Math.min(40, packed.length))] = (byte) random.nextInt();
                default -> random.nextBytes(packed);
            }
            Unpacked expected = unpack(Deflate::zlib, packed, random);
            Unpacked unpacked = unpack(Deflate::open, packed, random);
            String what = "round " + round;
            assertEquals(expected.stop, unpacked.stop, what);
            assertArrayEquals(expected.bytes, unpacked.bytes, what);
            if (expected.stop == Deflate.Stop.ENDED) {
                assertEquals(expected.consumed, unpacked.consumed, what);
            }
            stops.merge(expected.stop, 1, Integer::sum);
        }
        assertTrue(stops.getOrDefault(Deflate.Stop.DAMAGED, 0) > 500 && stops.getOrDefault(Deflate.Stop.CUT_SHORT, 0) > 500
                && stops.getOrDefault(Deflate.Stop.ENDED, 0) > 100, stops.toString());
    }

    /// What no packer writes: codes of one symbol, no distance code, lengths without an end of block, distances before the beginning.
    @Test
    void judgesStrangeBlocksAsZlibDoes() {
        Random random = new Random(3);
        for (int round = 0; round < 30_000; round++) {
            byte[] block = new byte[8 + random.nextInt(60)];
            random.nextBytes(block);
            // a block of its own codes with few lengths written, so that many headers are sound
            block[0] = (byte) (random.nextInt(2) | 2 << 1 | random.nextInt(32) << 3);
            block[1] = (byte) (random.nextInt(30) | random.nextInt(4) << 5);
            if (random.nextBoolean()) {
                block[2] = (byte) (random.nextInt(4) << 2 | 1 << random.nextInt(8));
                block[3] = (byte) (1 << random.nextInt(8));
            }
            Unpacked expected = unpack(Deflate::zlib, block, random);
            Unpacked unpacked = unpack(Deflate::open, block, random);
            assertEquals(expected.stop, unpacked.stop, () -> Arrays.toString(block));
            assertArrayEquals(expected.bytes, unpacked.bytes, () -> Arrays.toString(block));
        }
    }

    private static List<byte[]> texts(int size, Random random) {
        byte[] noise = new byte[size];
        random.nextBytes(noise);
        byte[] runs = new byte[size];
        byte[] lines = new byte[size];
        for (int i = 0; i < size; i++) {
            runs[i] = i > 0 && random.nextInt(200) > 0 ? runs[Math.max(0, i - 1 - i % 3)] : (byte) random.nextInt();
            lines[i] = i > 90 && random.nextInt(5) > 0 ? lines[i - 84] : (byte) ",0123456789\nK".charAt(random.nextInt(13));
        }
        return List.of(noise, runs, lines);
    }

    private static byte[] packed(byte[] text, int level, int strategy) {
        try (Deflater deflater = new Deflater(level, true)) {
            deflater.setStrategy(strategy);
            deflater.setInput(text);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[1 << 14];
            while (!deflater.finished()) {
                out.write(piece, 0, deflater.deflate(piece));
            }
            return out.toByteArray();
        }
    }

    private interface Opening {
        Deflate open();
    }

    /// In pieces of random sizes, behind a window that moves along.
    private static Unpacked unpack(Opening opening, byte[] packed, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Deflate deflate = opening.open(); Arena arena = Arena.ofConfined()) {
            MemorySegment input = arena.allocate(Math.max(1, packed.length));
            MemorySegment.copy(packed, 0, input, ValueLayout.JAVA_BYTE, 0, packed.length);
            MemorySegment output = arena.allocate(Deflate.WINDOW + (1 << 17));
            deflate.begin();
            int given = Math.min(packed.length, 1 + random.nextInt(4000));
            long from = 0;
            long at = random.nextInt(2) * Deflate.WINDOW;
            while (true) {
                long end = Math.min(output.byteSize(), at + Deflate.LEAST_ROOM + random.nextInt(1 << random.nextInt(1, 17)));
                Deflate.Stop stop = deflate.unpack(input.asSlice(from, given - from), given == packed.length, output, at, end);
                from += deflate.consumed();
                out.writeBytes(output.asSlice(at, deflate.produced()).toArray(ValueLayout.JAVA_BYTE));
                at += deflate.produced();
                assertEquals(out.size(), deflate.length());
                switch (stop) {
                    case NEEDS_INPUT -> given = Math.min(packed.length, given + 1 + random.nextInt(4000));
                    case FULL -> { }
                    default -> {
                        return new Unpacked(out.toByteArray(), stop, from);
                    }
                }
                if (output.byteSize() - at < Deflate.LEAST_ROOM) {
                    long kept = Math.min(Deflate.WINDOW, out.size());
                    MemorySegment.copy(output, at - kept, output, 0, kept);
                    at = kept;
                }
            }
        }
    }
}
