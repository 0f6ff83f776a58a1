package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ionforge.compute.text.TextColumns;
import org.ionforge.compute.text.TextColumns.Field;
import org.ionforge.compute.text.TokenTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// Columns of text against the contract of [TextColumns] written with strings and regular expressions.
@EnabledIf(value = "org.ionforge.compute.text.TextColumns#isAvailable", disabledReason = "the native library was not built: its readers have nothing to be held to")
class TextColumnsConformanceTest {

    private static final long[] EDGES = {1_000_000, 3_000_000, 3_500_000, 30_000_000};
    private static final short[] CLASSES = {4, -1, 9, 300};
    private static final List<String> TOKENS = List.of("", "K1ABC", "VK6CQ/P", "12345678", "123456789", "abcdefghijklmnop", "ä");
    /// Wide, short, byte, optional; skipped; millionths; token.
    private static final int COLUMNS = 7;

    private final TokenTable table = new TokenTable(1 << 12);

    @BeforeEach
    void fillTheTable() {
        for (int i = 0; i < TOKENS.size(); i++) {
            byte[] bytes = TOKENS.get(i).getBytes(StandardCharsets.ISO_8859_1);
            table.put(word(bytes, 0), word(bytes, 8), bytes.length, i == 2 ? -1 : i * 1000);
        }
    }

    @Test
    void everyLengthOfEveryField() {
        List<String> lines = new ArrayList<>();
        String[] usual = {"1", "2", "3", "4", "x", "14.097000", "K1ABC"};
        for (String digits : List.of("", "-", "0", "9", "-9", "x", " 1", "1 ", "+1", "--1", "1.5", "/", ":", "\0", "1\0")) {
            for (int zeros = 0; zeros < 20; zeros++) {
                for (int column = 0; column < COLUMNS; column++) {
                    String[] fields = usual.clone();
                    fields[column] = digits + "1234567890123456789".substring(0, zeros);
                    lines.add(String.join(",", fields));
                }
            }
        }
        for (String megahertz : List.of("14.0971", "14.09710", "14.0971000", "14,097100", "0.999999", "1.000000", "2.999999", "3.000000", "3.499999",
                "3.500000", "29.999999", "30.000000", "9999999.999999", "12345678.000000", ".500000", "1.00000x", "-1.000000", "14.0971:0", "1a.000000")) {
            usual[5] = megahertz;
            lines.add(String.join(",", usual));
        }
        compare(String.join("\n", lines) + "\n");
    }

    @Test
    void lotsOfRandomLines() {
        Random random = new Random(4);
        for (int round = 0; round < 60; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(1 << random.nextInt(1, 12)); i >= 0; i--) {
                text.append(line(random)).append(random.nextInt(9) == 0 ? "\r\n" : "\n");
            }
            compare(text.toString());
        }
    }

    /// Lines longer than what is indexed at a time, and more short ones than are read at a time.
    @Test
    void longAndShortLines() {
        Random random = new Random(5);
        for (int length : new int[] {16_300, 16_384, 16_385, 40_000, 100_000}) {
            compare(line(random) + "\n" + line(random) + "," + "z,".repeat(length / 2) + "\n" + line(random) + "\n" + "y".repeat(length) + "\n"
                    + line(random) + "\n");
        }
        compare("\n".repeat(40_000) + line(random) + "\n" + "\r\n".repeat(700));
        compare(IntStream.range(0, 5000).mapToObj(i -> "1,2,3,,x,14.000000,\n").reduce("", String::concat));
        compare(",\n".repeat(3000) + ",,,,,,\n".repeat(3000));
    }

    private static String line(Random random) {
        String[] fields = {random.nextLong(1L << random.nextInt(1, 54)) + "", random.nextInt(-120, 120) + "", random.nextInt(-130, 130) + "",
            random.nextInt(4) == 0 ? "" : random.nextInt(1_000_000) + "", "skipped", random.nextInt(40) + "." + random.nextInt(100_000, 1_000_000),
            TOKENS.get(random.nextInt(TOKENS.size()))};
        String line = String.join(",", fields);
        return switch (random.nextInt(16)) {
            case 0 -> line + ",more,of,it";
            case 1 -> line.substring(0, random.nextInt(line.length()));
            case 2 -> line.replaceFirst(",", ",\"");
            case 3 -> "";
            case 4 -> line.replaceFirst("[0-9]", "q");
            case 5 -> line + "\r";
            default -> line;
        };
    }

    /// Reads a text and compares rows and left lines with what the contract says.
    private void compare(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int lines = (int) text.chars().filter(c -> c == '\n').count();
        List<String> expected = new ArrayList<>();
        int start = 0;
        for (int line = 0; line < lines; line++) {
            int feed = text.indexOf('\n', start);
            String content = text.substring(start, feed);
            if (!content.isEmpty() && !content.equals("\r")) {
                String row = row(content);
                expected.add(line + ": " + (row == null ? "left " + start + " to " + feed : row));
            }
            start = feed + 1;
        }
        assertEquals(expected, read(bytes, lines));
    }

    private List<String> read(byte[] bytes, int lines) {
        String[] all = new String[lines];
        try (Arena arena = Arena.ofConfined(); TextColumns columns = new TextColumns(List.of(new Field.Whole(8, 0, Long.MAX_VALUE, false),
                new Field.Whole(2, -100, 10_000, false), new Field.Whole(1, Byte.MIN_VALUE, Byte.MAX_VALUE, false),
                new Field.Whole(4, -5, 99_999_999, true), new Field.Skipped(), new Field.Millionths(EDGES, CLASSES), new Field.Token(table)))) {
            MemorySegment text = arena.allocate(bytes.length + 2L * TextColumns.MARGIN, 64).fill((byte) '1');
            MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, TextColumns.MARGIN, bytes.length);
            MemorySegment[] values = IntStream.range(0, COLUMNS + 1).mapToObj(_ -> arena.allocate(8L * lines + 8, 8)).toArray(MemorySegment[]::new);
            for (int column : new int[] {0, 1, 2, 3, 5, 6}) {
                columns.into(column, values[column]);
            }
            columns.classesInto(5, values[COLUMNS]);
            columns.read(text, TextColumns.MARGIN, bytes.length, lines);
            for (int row = 0; row < columns.rows(); row++) {
                all[columns.line(row)] = values[0].getAtIndex(ValueLayout.JAVA_LONG, row) + " " + values[1].getAtIndex(ValueLayout.JAVA_SHORT, row)
                        + " " + values[2].get(ValueLayout.JAVA_BYTE, row) + " " + values[3].getAtIndex(ValueLayout.JAVA_INT, row) + " "
                        + values[5].getAtIndex(ValueLayout.JAVA_LONG, row) + " " + values[COLUMNS].getAtIndex(ValueLayout.JAVA_SHORT, row) + " "
                        + values[6].getAtIndex(ValueLayout.JAVA_INT, row);
            }
            for (int i = 0; i < columns.left(); i++) {
                all[columns.leftLine(i)] = "left " + columns.leftStart(i) + " to " + columns.leftEnd(i);
            }
            assertTrue(columns.rows() + columns.left() <= lines);
        }
        return IntStream.range(0, lines).filter(line -> all[line] != null).mapToObj(line -> line + ": " + all[line]).toList();
    }

    /// The values of a line, or null where it is left.
    private static String row(String line) {
        String[] fields = line.split(",", -1);
        if (fields.length < COLUMNS || line.indexOf('"') >= 0 || line.length() >= TextColumns.LONGEST_LINE) {
            return null;
        }
        if (fields.length == COLUMNS && fields[COLUMNS - 1].endsWith("\r")) {
            fields[COLUMNS - 1] = fields[COLUMNS - 1].substring(0, fields[COLUMNS - 1].length() - 1);
        }
        int token = TOKENS.indexOf(fields[6]);
        boolean good = fields[0].matches("[0-9]{1,16}") && whole(fields[1], -100, 10_000) && whole(fields[2], -128, 127)
                && (fields[3].isEmpty() || whole(fields[3], -5, 99_999_999)) && fields[5].matches("[0-9]{1,7}\\.[0-9]{6}")
                && token >= 0 && token != 2;
        if (!good) {
            return null;
        }
        long millionths = Long.parseLong(fields[5].replace(".", ""));
        int edge = EDGES.length - 1;
        while (edge >= 0 && millionths < EDGES[edge]) {
            edge--;
        }
        return edge < 0 || CLASSES[edge] < 0 ? null : Long.parseLong(fields[0]) + " " + Integer.parseInt(fields[1]) + " " + Integer.parseInt(fields[2])
                + " " + (fields[3].isEmpty() ? 0 : Integer.parseInt(fields[3])) + " " + millionths + " " + CLASSES[edge] + " " + token * 1000;
    }

    private static boolean whole(String text, long least, long most) {
        return text.matches("-[0-9]{1,7}|[0-9]{1,8}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most;
    }

    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = from; i < Math.min(bytes.length, from + 8); i++) {
            word |= (bytes[i] & 0xffL) << 8 * (i - from);
        }
        return word;
    }
}
