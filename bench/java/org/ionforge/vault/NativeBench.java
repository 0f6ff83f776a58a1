package org.ionforge.vault;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How fast blocks like bronze's (16 columns, 6 of them dictionaries) become Native bytes, reach an engine that throws them away,
/// and come back: rows per second of processor time, the engine's threads included, so that a busy machine tells the same; runs
/// alternate, medians. It lies in the vault's package since writer and reader are its own.
///
///     bench/run NativeBench
final class NativeBench {

    private static final int ROWS = 1 << 17;
    private static final int BLOCKS = 16;
    private static final int RUNS = 7;

    private NativeBench() {
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("native-bench");
        try (Arena arena = Arena.ofConfined(); Vault vault = Vaults.open(folder.toString())) {
            Block block = block(arena);
            String[] names = block.columns().stream().map(Column::name).toArray(String[]::new);
            vault.execute("CREATE TABLE nowhere AS bronze ENGINE = Null");
            List<Double> write = new ArrayList<>();
            List<Double> insert = new ArrayList<>();
            List<Double> select = new ArrayList<>();
            try (BlockWriter rows = vault.insert("bronze", names)) {
                rows.write(block);
                rows.finish();
            }
            for (int run = 0; run < RUNS; run++) {
                write.add(seconds(() -> write(block)));
                insert.add(seconds(() -> insert(vault, block, names)));
                select.add(seconds(() -> select(vault)));
            }
            System.out.printf(Locale.ROOT, "%d rows of 16 columns%n", ROWS * BLOCKS);
            report("blocks to Native bytes", write, (long) ROWS * BLOCKS);
            report("blocks into ENGINE = Null through libchdb", insert, (long) ROWS * BLOCKS);
            report("SELECT * FROM bronze to blocks", select, (long) ROWS * BLOCKS);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void write(Block block) {
        long[] bytes = new long[1];
        try (NativeWriter writer = new NativeWriter(piece -> bytes[0] += piece.byteSize())) {
            for (int i = 0; i < BLOCKS; i++) {
                writer.write(block);
            }
            writer.flush();
        }
        if (bytes[0] < (long) ROWS * BLOCKS) {
            throw new IllegalStateException("wrote " + bytes[0] + " bytes");
        }
    }

    private static void insert(Vault vault, Block block, String... names) {
        try (BlockWriter writer = vault.insert("nowhere", names)) {
            for (int i = 0; i < BLOCKS; i++) {
                writer.write(block);
            }
            writer.finish();
        }
    }

    private static void select(Vault vault) {
        long rows = 0;
        for (int i = 0; i < BLOCKS; i++) {
            try (BlockReader reader = vault.query("SELECT * FROM bronze SETTINGS max_threads = 1")) {
                for (Block block = reader.next(); block != null; block = reader.next()) {
                    rows += block.rows();
                }
            }
        }
        if (rows != (long) ROWS * BLOCKS) {
            throw new IllegalStateException("read " + rows + " rows");
        }
    }

    private static double seconds(Runnable work) {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long start = process.getProcessCpuTime();
        work.run();
        return (process.getProcessCpuTime() - start) / 1e9;
    }

    private static void report(String what, List<Double> seconds, long rows) {
        double median = seconds.stream().sorted().skip(seconds.size() / 2).findFirst().orElseThrow();
        System.out.printf(Locale.ROOT, "%-44s %6.1f million rows/s/core%n", what, rows / median / 1e6);
    }

    private static Block block(Arena arena) {
        SplittableRandom random = new SplittableRandom(1);
        return new Block(ROWS, List.of(
                fixed(arena, random, "timestamp", "DateTime", 4, 1 << 16), fixed(arena, random, "band", "UInt16", 2, 14),
                dictionary(arena, random, "callsign", 3000), dictionary(arena, random, "reporter", 3000),
                fixed(arena, random, "frequency", "UInt64", 8, 1 << 24), fixed(arena, random, "id", "UInt64", 8, 1 << 30),
                dictionary(arena, random, "reporter_grid", 2000), dictionary(arena, random, "grid", 2000),
                fixed(arena, random, "snr", "Int8", 1, 60), fixed(arena, random, "power", "Int8", 1, 40),
                fixed(arena, random, "drift", "Int8", 1, 5), fixed(arena, random, "distance", "UInt32", 4, 20_000),
                fixed(arena, random, "azimuth", "UInt16", 2, 360), dictionary(arena, random, "version", 20),
                fixed(arena, random, "code", "Int32", 4, 2), dictionary(arena, random, "source", 2)));
    }

    private static Column.Fixed fixed(Arena arena, SplittableRandom random, String name, String type, int width, int bound) {
        MemorySegment data = arena.allocate((long) ROWS * width, 8);
        for (int row = 0; row < ROWS; row++) {
            int value = random.nextInt(bound);
            for (int b = 0; b < Math.min(width, 4); b++) {
                data.set(ValueLayout.JAVA_BYTE, (long) row * width + b, (byte) (value >> 8 * b));
            }
        }
        return new Column.Fixed(name, type, ROWS, width, data);
    }

    private static Column.Dictionary dictionary(Arena arena, SplittableRandom random, String name, int keys) {
        MemorySegment index = arena.allocate(ROWS * 4L, 4);
        for (int row = 0; row < ROWS; row++) {
            index.setAtIndex(ValueLayout.JAVA_INT, row, random.nextInt(keys));
        }
        return new Column.Dictionary(name, ROWS,
                IntStream.range(0, keys).mapToObj(k -> (name + k).getBytes(StandardCharsets.UTF_8)).toList(), index);
    }
}
