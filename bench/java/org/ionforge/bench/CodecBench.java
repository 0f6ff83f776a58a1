package org.ionforge.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// What codecs and order keys cost and save, on the rows of a vault that `refine` has made: for each column of bronze and silver,
/// bytes a row and nanoseconds a row to write and to read under each codec, in the order the table keeps (names also as plain
/// strings); then whole tables under other order keys, and as they are. Times are the process's processor time, so that a busy
/// machine tells the same. The choices of V001__tables.sql come from here.
///
///     ./ionforge simulate --days 2 --spots-per-day 2000000 --seed 5 --out run/sim
///     ./ionforge refine run/sim --solar run/sim/gfz.txt --vault run/codec
///     bench/run CodecBench run/codec
final class CodecBench {

    private static final String SCRATCH = "codec_bench";
    private static final int RUNS = 3;

    private static final List<String> INTEGER_CODECS = List.of("LZ4", "ZSTD(1)", "ZSTD(3)", "Delta, LZ4", "Delta, ZSTD(1)",
            "DoubleDelta, LZ4", "T64, LZ4", "T64, ZSTD(1)");
    private static final List<String> FLOAT_CODECS = List.of("LZ4", "ZSTD(1)", "ZSTD(3)", "Delta, ZSTD(1)", "Gorilla, LZ4",
            "FPC, LZ4");
    private static final List<String> TEXT_CODECS = List.of("LZ4", "ZSTD(1)", "ZSTD(3)");

    /// @param order the order key; empty: the table as V001 has it, codecs included
    private record Variant(String table, String order, String why) {
    }

    private static final String BUCKET = "toStartOfInterval(timestamp, INTERVAL 3 HOUR)";
    private static final List<Variant> ORDERS = List.of(
            new Variant("bronze", "timestamp, band, callsign", "as the archive comes"),
            new Variant("bronze", "band, timestamp, callsign", "band first"),
            new Variant("bronze", BUCKET + ", band, callsign, reporter, timestamp", "path in a bucket"),
            new Variant("bronze", "band, callsign, reporter, timestamp", "path first"),
            new Variant("bronze", "", "V001"),
            new Variant("silver", "timestamp, band", "as the archive comes"),
            new Variant("silver", "band, timestamp", "band first"),
            new Variant("silver", BUCKET + ", band, tx_grid, rx_grid, timestamp", "path in a bucket"),
            new Variant("silver", "band, tx_grid, rx_grid, timestamp", "path first"),
            new Variant("silver", "", "V001"));

    private final Vault vault;

    private CodecBench(Vault vault) {
        this.vault = vault;
    }

    public static void main(String[] arguments) {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: CodecBench VAULT [columns|tables]");
            System.exit(2);
        }
        try (Vault vault = Vaults.openExisting(arguments[0], System.err::println)) {
            CodecBench bench = new CodecBench(vault);
            System.out.println(ResultFile.machineName());
            System.out.println(vault.description() + ", " + vault.number("SELECT count() FROM bronze") + " rows of bronze");
            vault.execute("DROP DATABASE IF EXISTS " + SCRATCH + " SYNC");
            vault.execute("CREATE DATABASE " + SCRATCH);
            if (arguments.length == 1 || arguments[1].equals("columns")) {
                bench.columns("bronze");
                bench.columns("silver");
            }
            if (arguments.length == 1 || arguments[1].equals("tables")) {
                ORDERS.forEach(bench::order);
            }
            vault.execute("DROP DATABASE " + SCRATCH + " SYNC");
        }
    }

    private void columns(String table) {
        System.out.printf(Locale.ROOT, "%n%-8s %-16s %-24s %-22s %8s %10s %10s%n", "table", "column", "type", "codec", "B/row",
                "write ns", "read ns");
        vault.text("SELECT name, type FROM system.columns WHERE database = currentDatabase() AND default_kind != 'ALIAS' AND table = '"
                + table + "' ORDER BY position", "TSVRaw").lines().map(line -> line.split("\t")).forEach(column -> {
            for (String codec : codecs(column[1])) {
                column(table, column[0], column[1], codec);
            }
            if (column[1].startsWith("LowCardinality")) {
                column(table, column[0], "String", "ZSTD(1)");
            }
        });
    }

    private static List<String> codecs(String type) {
        return type.contains("String") ? TEXT_CODECS : type.contains("Float") ? FLOAT_CODECS : INTEGER_CODECS;
    }

    private void column(String table, String name, String type, String codec) {
        List<Double> writes = new ArrayList<>();
        List<Double> reads = new ArrayList<>();
        long rows = vault.number("SELECT count() FROM " + table);
        double bytes = 0;
        for (int run = 0; run < RUNS; run++) {
            vault.execute("CREATE TABLE " + SCRATCH + ".one (" + name + " " + type + " CODEC(" + codec
                    + ")) ENGINE = MergeTree ORDER BY tuple() SETTINGS min_bytes_for_wide_part = 0");
            writes.add(seconds(() -> vault.execute("INSERT INTO " + SCRATCH + ".one SELECT " + name + " FROM " + table
                    + " SETTINGS max_threads = 1, max_insert_threads = 1")));
            reads.add(seconds(() -> vault.execute("SELECT ignore(" + name + ") FROM " + SCRATCH + ".one FORMAT Null SETTINGS max_threads = 1")));
            bytes = (double) vault.number("SELECT sum(column_data_compressed_bytes) FROM system.parts_columns WHERE active AND database = '"
                    + SCRATCH + "' AND table = 'one' AND column = '" + name + "'") / rows;
            vault.execute("DROP TABLE " + SCRATCH + ".one SYNC");
        }
        System.out.printf(Locale.ROOT, "%-8s %-16s %-24s %-22s %8.3f %10.1f %10.1f%n", table, name, type, codec, bytes,
                median(writes) / rows * 1e9, median(reads) / rows * 1e9);
    }

    private void order(Variant variant) {
        String table = SCRATCH + ".whole";
        String ddl = variant.order().isEmpty() ? " AS " + variant.table()
                : " (" + plain(variant.table()) + ") ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (" + variant.order() + ")";
        List<Double> writes = new ArrayList<>();
        List<Double> reads = new ArrayList<>();
        long rows = vault.number("SELECT count() FROM " + variant.table());
        double bytes = 0;
        for (int run = 0; run < RUNS; run++) {
            vault.execute("CREATE TABLE " + table + ddl);
            writes.add(seconds(() -> {
                vault.execute("INSERT INTO " + table + " SELECT * FROM " + variant.table());
                vault.execute("OPTIMIZE TABLE " + table + " FINAL");
            }));
            reads.add(seconds(() -> vault.execute("SELECT * FROM " + table + " FORMAT Null")));
            bytes = (double) vault.number("SELECT sum(data_compressed_bytes) FROM system.parts WHERE active AND database = '" + SCRATCH
                    + "' AND table = 'whole'") / rows;
            vault.execute("DROP TABLE " + table + " SYNC");
        }
        System.out.printf(Locale.ROOT, "%-8s %-20s %6.2f B/row, %5.0f ns/row to write and merge, %4.0f to read  %s%n", variant.table(),
                variant.why(), bytes, median(writes) / rows * 1e9, median(reads) / rows * 1e9,
                variant.order().isEmpty() ? "" : "order by " + variant.order());
    }

    private String plain(String table) {
        return vault.text("SELECT arrayStringConcat(groupArray(concat(name, ' ', type)), ', ') FROM (SELECT name, type FROM system.columns"
                + " WHERE database = currentDatabase() AND default_kind != 'ALIAS' AND table = '" + table + "' ORDER BY position)",
                "TSVRaw").strip();
    }

    private static double seconds(Runnable work) {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long start = process.getProcessCpuTime();
        work.run();
        return (process.getProcessCpuTime() - start) / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
