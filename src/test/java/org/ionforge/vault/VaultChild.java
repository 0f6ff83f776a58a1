package org.ionforge.vault;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What a process may do to a vault before it ends; run as a child by tests that end it.
final class VaultChild {

    private VaultChild() {
    }

    /// Starts a child that does `what` to the vault.
    static Process start(String what, String where) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-cp", System.getProperty("java.class.path"),
                VaultChild.class.getName(), what, where));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /// Reads what the child says up to that line.
    static String awaitLine(Process child, String line) throws IOException {
        BufferedReader reader = child.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String next = reader.readLine(); next != null; next = reader.readLine()) {
            said.append(next).append('\n');
            if (next.equals(line)) {
                return said.toString();
            }
        }
        throw new AssertionError("the child did not say '" + line + "' but: " + said);
    }

    /// Arguments: what to do, and the vault.
    public static void main(String[] arguments) throws InterruptedException {
        Vault vault = Vaults.open(arguments[1]);
        switch (arguments[0]) {
            case "catch null pointers" -> say("caught " + caught(vault));
            case "insert a row" -> {
                vault.execute("CREATE TABLE t (n UInt32) ENGINE = MergeTree ORDER BY n");
                vault.execute("INSERT INTO t VALUES (7)");
                say("rows " + vault.number("SELECT count() FROM t"));
                vault.close();
            }
            case "hold" -> {
                say("open");
                Thread.sleep(60_000);
            }
            case "exit with open streams" -> exitWithOpenStreams(vault);
            case "exit while a statement runs" -> exitWhileAStatementRuns(vault);
            case "commit for ever" -> commitForEver(vault);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /// Null checks in compiled code are segmentation faults that the JVM's own handler turns into exceptions.
    private static int caught(Vault vault) {
        vault.number("SELECT 1");
        int[][] rows = IntStream.range(0, 1000).mapToObj(i -> new int[] {i}).toArray(int[][]::new);
        long sum = 0;
        for (int round = 0; round < 20_000; round++) {
            sum += first(rows[round % 1000]);
        }
        int caught = 0;
        for (int round = 0; round < 5; round++) {
            try {
                sum += first(null);
            } catch (NullPointerException e) {
                caught++;
            }
        }
        vault.close();
        return sum > 0 ? caught : -1;
    }

    private static int first(int[] row) {
        return row[0];
    }

    private static void exitWithOpenStreams(Vault vault) {
        vault.execute("CREATE TABLE t (n UInt32) ENGINE = MergeTree ORDER BY n");
        BlockReader reader = vault.query("SELECT number FROM numbers(1000000000)");
        reader.next();
        BlockWriter writer = vault.insert("t", "n");
        MemorySegment data = Arena.global().allocate(4_000_000, 4);
        writer.write(new Block(1_000_000, List.of(new Column.Fixed("n", "UInt32", 1_000_000, 4, data))));
        say("open");
        System.exit(7);
    }

    private static void exitWhileAStatementRuns(Vault vault) throws InterruptedException {
        Thread.ofPlatform().daemon().start(() -> vault.number("SELECT sum(sipHash64(number)) FROM numbers(100000000000)"));
        Thread.sleep(700);
        say("open");
        System.exit(7);
    }

    /// Replaces partition 1 of `x` over and over, each time with 1,000 rows that all hold the same number.
    private static void commitForEver(Vault vault) {
        vault.execute("CREATE TABLE IF NOT EXISTS x (part UInt8, n UInt32) ENGINE = MergeTree PARTITION BY part ORDER BY n");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate(1000).fill((byte) 1);
            MemorySegment n = arena.allocate(4000, 4);
            for (int round = 1; ; round++) {
                for (int i = 0; i < 1000; i++) {
                    n.setAtIndex(ValueLayout.JAVA_INT, i, round);
                }
                vault.execute("DROP TABLE IF EXISTS x_staging SYNC");
                vault.execute("CREATE TABLE x_staging AS x");
                try (BlockWriter writer = vault.insert("x_staging", "part", "n")) {
                    writer.write(new Block(1000, List.of(new Column.Fixed("part", "UInt8", 1000, 1, part),
                            new Column.Fixed("n", "UInt32", 1000, 4, n))));
                    writer.finish();
                }
                vault.execute("ALTER TABLE x REPLACE PARTITION 1 FROM x_staging");
                if (round == 3) {
                    say("committing");
                }
            }
        }
    }
}
