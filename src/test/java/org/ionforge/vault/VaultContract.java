package org.ionforge.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What every vault does, embedded or on a server. Each test starts from an empty one.
abstract class VaultContract {

    abstract Vault open();

    @Test
    void errorsCarryCodeTextAndStatement() {
        try (Vault vault = open()) {
            VaultException unknown = assertThrows(VaultException.class, () -> vault.execute("SELECT * FROM nowhere"));
            assertEquals(60, unknown.code());
            assertTrue(unknown.getMessage().contains("nowhere") && unknown.getMessage().contains("UNKNOWN_TABLE"), unknown.getMessage());
            assertTrue(unknown.getMessage().endsWith("in: SELECT * FROM nowhere"), unknown.getMessage());
            VaultException begun = assertThrows(VaultException.class, () -> vault.query("SELECT missing").close());
            assertEquals(47, begun.code());
            VaultException late = assertThrows(VaultException.class, () -> {
                try (BlockReader reader = vault.query("SELECT throwIf(number = 3000000) FROM numbers(4000000)")) {
                    while (reader.next() != null) {
                        assertNotNull(reader);
                    }
                }
            });
            assertEquals(395, late.code(), late.getMessage());
            assertTrue(late.getMessage().contains("FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"), late.getMessage());
            VaultException table = assertThrows(VaultException.class, () -> vault.insert("nowhere", "a").close());
            assertEquals(60, table.code());
            assertThrows(VaultException.class, () -> vault.number("SELECT 1 WHERE 0"));
            assertEquals(1, vault.number("SELECT 1"), "the vault goes on");
        }
    }

    @Test
    void refusesBlocksThatDoNotFitTheTable() {
        try (Vault vault = open(); Arena arena = Arena.ofConfined()) {
            vault.execute("CREATE TABLE t (n UInt8, word String) ENGINE = MergeTree ORDER BY n");
            Column.Fixed n = new Column.Fixed("n", "UInt8", 1, 1, arena.allocate(1));
            Column.Fixed m = new Column.Fixed("m", "UInt8", 1, 1, arena.allocate(1));
            assertThrows(IllegalArgumentException.class, () -> insert(vault, "t", new Block(1, List.of(m)), "n"));
            assertThrows(IllegalArgumentException.class, () -> vault.insert("t; DROP TABLE t", "n"));
            VaultException missing = assertThrows(VaultException.class, () -> insert(vault, "t", new Block(1, List.of(m)), "m"));
            assertTrue(missing.code() == 16 || missing.code() == 47, missing.getMessage());
            Column.Text text = new Column.Text("n", "String", List.of("no number".getBytes(StandardCharsets.UTF_8)));
            VaultException type = assertThrows(VaultException.class, () -> insert(vault, "t", new Block(1, List.of(text)), "n"));
            assertTrue(type.code() != 0, type.getMessage());
            assertEquals(0, vault.number("SELECT count() FROM t"));
            insert(vault, "t", new Block(1, List.of(n)), "n");
            assertEquals("0\t\n", vault.text("SELECT * FROM t", "TSV"));
        }
    }

    private static void insert(Vault vault, String table, Block block, String... columns) {
        try (BlockWriter writer = vault.insert(table, columns)) {
            writer.write(block);
            writer.finish();
        }
    }

    @Test
    void aReaderAndAWriterMayRunTogetherAndEndEarly() {
        try (Vault vault = open(); Arena arena = Arena.ofConfined()) {
            vault.execute("CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n");
            try (BlockReader reader = vault.query("SELECT number FROM numbers(100000000)");
                 BlockWriter abandoned = vault.insert("t", "n")) {
                assertTrue(reader.next().rows() > 0);
                abandoned.write(new Block(1, List.of(new Column.Fixed("n", "UInt8", 1, 1, arena.allocate(1)))));
            }
            try (BlockWriter empty = vault.insert("t", "n")) {
                assertEquals(0, empty.finish());
            }
            assertEquals(0, vault.number("SELECT count() FROM t"));
        }
    }

    @Test
    void streamsMillionsOfRowsInAndOut() {
        int rows = 500_000;
        try (Vault vault = open(); Arena arena = Arena.ofConfined()) {
            vault.execute("CREATE TABLE counted (n UInt32, word LowCardinality(String)) ENGINE = MergeTree ORDER BY n");
            MemorySegment n = arena.allocate(rows * 4L, 4);
            MemorySegment index = arena.allocate(rows * 4L, 4);
            List<byte[]> words = List.of("even".getBytes(StandardCharsets.UTF_8), "odd".getBytes(StandardCharsets.UTF_8));
            try (BlockWriter writer = vault.insert("counted", "n", "word")) {
                for (int block = 0; block < 6; block++) {
                    for (int i = 0; i < rows; i++) {
                        n.setAtIndex(ValueLayout.JAVA_INT, i, block * rows + i);
                        index.setAtIndex(ValueLayout.JAVA_INT, i, i & 1);
                    }
                    writer.write(new Block(rows, List.of(new Column.Fixed("n", "UInt32", rows, 4, n),
                            new Column.Dictionary("word", rows, words, index))));
                }
                assertEquals(6L * rows, writer.finish());
            }
            assertEquals(6L * rows, vault.number("SELECT count() FROM counted"));
            long next = 0;
            try (BlockReader reader = vault.query("SELECT n, word FROM counted ORDER BY n")) {
                for (Block block = reader.next(); block != null; block = reader.next()) {
                    for (int row = 0; row < block.rows(); row++) {
                        assertEquals(next, block.column("n").longAt(row));
                        assertEquals((next & 1) == 0 ? "even" : "odd", block.column("word").textAt(row));
                        next++;
                    }
                }
                assertNull(reader.next());
            }
            assertEquals(6L * rows, next);
        }
    }

    @Test
    void everyTypeComesBackAsItWent() {
        try (Vault vault = open(); Arena arena = Arena.ofConfined()) {
            Block sent = SampleBlock.plain(arena, 1009);
            SampleBlock.fill(vault, sent);
            try (BlockReader reader = vault.query("SELECT * EXCEPT row FROM sample ORDER BY row")) {
                Block back = reader.next();
                assertEquals(sent.rows(), back.rows());
                for (int i = 0; i < sent.columns().size(); i++) {
                    assertSame(sent.columns().get(i), back.columns().get(i));
                }
                assertNull(reader.next());
            }
            // What we put there is what SQL sees there.
            Column.Fixed longs = (Column.Fixed) sent.column("c3");
            Column.Nullable maybe = (Column.Nullable) sent.column("maybe16");
            Column.Array counts = (Column.Array) sent.column("counts");
            assertEquals(IntStream.range(0, 1009).mapToLong(longs::longAt).sum(), vault.number("SELECT sum(c3) FROM sample"));
            assertEquals(IntStream.range(0, 1009).filter(r -> !maybe.isNull(r)).mapToLong(maybe::longAt).sum(),
                    vault.number("SELECT sum(maybe16) FROM sample"));
            assertEquals(IntStream.range(0, counts.elements().rows()).mapToLong(counts.elements()::longAt).sum(),
                    vault.number("SELECT sum(arraySum(counts)) FROM sample"));
        }
    }

    private static void assertSame(Column sent, Column back) {
        assertEquals(sent.name(), back.name());
        assertEquals(sent.type(), back.type());
        assertEquals(sent.rows(), back.rows());
        switch (sent) {
            case Column.Fixed fixed -> assertArrayEquals(fixed.data().toArray(ValueLayout.JAVA_BYTE),
                    assertInstanceOf(Column.Fixed.class, back).data().toArray(ValueLayout.JAVA_BYTE), sent.name());
            case Column.Text text -> {
                for (int row = 0; row < text.rows(); row++) {
                    assertArrayEquals(text.values().get(row), assertInstanceOf(Column.Text.class, back).values().get(row));
                }
            }
            case Column.Array array -> {
                Column.Array other = assertInstanceOf(Column.Array.class, back);
                assertArrayEquals(array.ends().toArray(ValueLayout.JAVA_BYTE), other.ends().toArray(ValueLayout.JAVA_BYTE));
                assertSame(array.elements(), other.elements());
            }
            case Column.Nullable _, Column.NullableText _ -> {
                for (int row = 0; row < sent.rows(); row++) {
                    assertEquals(row % 3 == 0, back.isNull(row));
                    if (!back.isNull(row)) {
                        assertEquals(value(sent, row), value(back, row));
                    }
                }
            }
            case Column.Dictionary _ -> {
                for (int row = 0; row < sent.rows(); row++) {
                    assertEquals(sent.textAt(row), back.textAt(row));
                }
            }
        }
    }

    private static Object value(Column column, int row) {
        return column instanceof Column.NullableText ? column.textAt(row) : (Object) column.doubleAt(row);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "255, 1009", "256, 1009", "257, 300", "65535, 70001", "65536, 70001", "70000, 70001"})
    void dictionariesOfEveryWidth(int keys, int rows) {
        try (Vault vault = open(); Arena arena = Arena.ofConfined()) {
            Column.Dictionary sent = SampleBlock.dictionary(arena, "word", rows, keys);
            SampleBlock.fill(vault, new Block(rows, List.of(sent)));
            int row = 0;
            try (BlockReader reader = vault.query("SELECT word FROM sample ORDER BY row")) {
                for (Block block = reader.next(); block != null; block = reader.next()) {
                    Column.Dictionary back = assertInstanceOf(Column.Dictionary.class, block.column("word"));
                    for (int i = 0; i < block.rows(); i++) {
                        assertEquals(sent.textAt(row++), back.textAt(i));
                    }
                }
            }
            assertEquals(rows, row);
            assertEquals(IntStream.range(0, rows).mapToObj(sent::textAt).distinct().count(),
                    vault.number("SELECT uniqExact(word) FROM sample"));
            assertEquals(IntStream.range(0, rows).mapToObj(sent::textAt).filter(String::isEmpty).count(),
                    vault.number("SELECT countIf(word = '') FROM sample"));
        }
    }

    @Test
    void readsDictionariesOfOtherTypes() {
        try (Vault vault = open(); BlockReader reader = vault.query("""
                SELECT toLowCardinality(if(number % 2 = 0, NULL, toString(number % 5))) AS word,
                       toLowCardinality(toFixedString(toString(1000 + number % 300), 4)) AS grid,
                       CAST(if(number % 3 = 0, NULL, number % 7), 'LowCardinality(Nullable(UInt64))') AS small,
                       NULL AS nothing, toUInt128(number) AS wide
                FROM numbers(1000) SETTINGS allow_suspicious_low_cardinality_types = 1""")) {
            Block block = reader.next();
            assertEquals(1000, block.rows());
            for (int row = 0; row < 1000; row++) {
                assertEquals(row % 2 == 0, block.column("word").isNull(row));
                if (row % 2 == 1) {
                    assertEquals(Integer.toString(row % 5), block.column("word").textAt(row));
                }
                assertEquals(Integer.toString(1000 + row % 300), block.column("grid").textAt(row));
                assertEquals(row % 3 == 0, block.column("small").isNull(row));
                if (row % 3 != 0) {
                    assertEquals(row % 7, block.column("small").longAt(row));
                }
                assertTrue(block.column("nothing").isNull(row));
            }
            assertEquals("Nullable(UInt64)", block.column("small").type());
        }
        try (Vault vault = open()) {
            VaultException map = assertThrows(VaultException.class, () -> vault.number("SELECT map('a', 1)"));
            assertTrue(map.getMessage().contains("Map(String, UInt8)"), map.getMessage());
        }
    }

    @Test
    void manyThreadsMayUseIt() throws InterruptedException, ExecutionException {
        try (Vault vault = open(); ExecutorService threads = Executors.newFixedThreadPool(6)) {
            vault.execute("CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n");
            List<Future<Long>> answers = IntStream.range(0, 24).mapToObj(i -> threads.submit(() -> {
                vault.execute("INSERT INTO t VALUES (" + i + ")");
                return vault.number("SELECT sum(number) FROM numbers(" + (i + 1) + ")");
            })).toList();
            for (int i = 0; i < 24; i++) {
                assertEquals((long) i * (i + 1) / 2, answers.get(i).get());
            }
            assertEquals(24, vault.number("SELECT uniqExact(n) FROM t"));
        }
    }

    @Test
    void swapsAPartitionFromAStagingTable() {
        try (Vault vault = open()) {
            vault.execute("CREATE TABLE x (month UInt8, n UInt32) ENGINE = MergeTree PARTITION BY month ORDER BY n");
            vault.execute("INSERT INTO x SELECT 1 + number % 2, number FROM numbers(10)");
            vault.execute("CREATE TABLE x_staging AS x");
            vault.execute("INSERT INTO x_staging SELECT 1, 100 + number FROM numbers(3)");
            for (int again = 0; again < 2; again++) {
                vault.execute("ALTER TABLE x REPLACE PARTITION 1 FROM x_staging");
                assertEquals("1\t3\t303\n2\t5\t25\n", vault.text("SELECT month, count(), sum(n) FROM x GROUP BY month ORDER BY month", "TSV"));
            }
            vault.execute("DROP TABLE x_staging SYNC");
            assertEquals(8, vault.number("SELECT count() FROM x"));
        }
    }

    @Test
    void tablesThatAgreePassEveryCheck() {
        try (Vault vault = open()) {
            assertEquals(List.of(), broken(vault), "an empty vault");
            SampleTables.fill(vault);
            assertEquals(List.of(), broken(vault));
            assertTrue(vault.number("SELECT count() FROM signatures") > 50);
            TableSize bronze = TableSize.of(vault).stream().filter(t -> t.table().equals("bronze")).findFirst().orElseThrow();
            assertEquals(4000, bronze.rows());
            assertTrue(bronze.parts() > 0 && bronze.compressed() > 0 && bronze.ratio() > 1, bronze.toString());
            assertEquals(0, TableSize.of(vault).stream().filter(t -> t.table().equals("gold_penalty")).findFirst().orElseThrow().rows());
        }
    }

    /// Faults are made one after the other in tables that agreed; each must be noticed by its check, which held before.
    @Test
    void everyFaultIsFound() {
        String[][] faults = {
            {"no commit is half done", "INSERT INTO commit_journal VALUES (1, 'ALTER TABLE bronze')"},
            {"no month waits", "INSERT INTO refinery_state VALUES ('stale_month', '202402')"},
            {"no staging table is left over", "CREATE TABLE silver_staging AS silver"},
            {"silver has the solar indices", "ALTER TABLE solar UPDATE kp = 8.5 WHERE bucket = '2024-02-25 12:00:00'"},
            {"solar has each 3-hour bucket at most once", "INSERT INTO solar (bucket) SELECT min(bucket) FROM solar"},
            {"every histogram's levels", "ALTER TABLE signature_histograms UPDATE snr_count = [1] WHERE spot_count = 6"},
            {"signatures are the histograms", "ALTER TABLE signatures UPDATE spot_count = 7 WHERE spot_count = 6"},
            {"reference signatures are", "INSERT INTO signatures_reference SELECT * FROM signatures_reference LIMIT 1"},
            {"histograms count every spot", "ALTER TABLE signature_histograms DELETE WHERE spot_count = 6"},
            {"silver has one row for each row of bronze", "ALTER TABLE silver DELETE WHERE frequency = 14097033"},
            {"bronze has the rows that the log says", "ALTER TABLE bronze UPDATE source = 'c.csv' WHERE id = 17"},
            {"quarantine has the rows that the log says", "ALTER TABLE quarantine DELETE WHERE line = 1"},
            {"every file's rows are kept, duplicate", "ALTER TABLE ingest_log UPDATE rows_duplicate = 1 WHERE source = 'a.csv'"},
            {"every file has one line", "INSERT INTO ingest_log SELECT * FROM ingest_log WHERE source = 'b.csv'"}};
        try (Vault vault = open()) {
            SampleTables.fill(vault);
            for (String[] fault : faults) {
                assertTrue(broken(vault).stream().noneMatch(name -> name.startsWith(fault[0])), () -> fault[0] + " too early");
                vault.execute(fault[1]);
                assertTrue(broken(vault).stream().anyMatch(name -> name.startsWith(fault[0])), () -> fault[0] + ": " + broken(vault));
            }
        }
    }

    private static List<String> broken(Vault vault) {
        return Consistency.check(vault).stream().filter(f -> !f.holds()).map(Consistency.Finding::name).toList();
    }
}
