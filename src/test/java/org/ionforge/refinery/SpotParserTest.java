package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.ionforge.compute.text.TextColumns;
import org.junit.jupiter.api.Test;

/// The parser against a naive one that works on strings, on usual, random and adversarial lines.
class SpotParserTest {

    private static final String GOOD = "5273871656,1675210080,VK5ARG,PF95ht,-18,10.140134,VK6CQ,OF78wa,23,0,2129,103,10,1.4A Kiwi,1";

    @Test
    void readsAnArchiveLineExactly() {
        assertEquals(List.of("5273871656|1675210080|VK5ARG|PF95ht|-18|10140134|30m|VK6CQ|OF78wa|23|0|2129|103|1.4A Kiwi|1|1"),
                parse(GOOD + "\n"));
    }

    @Test
    void readsWhatTheReferenceLoses() {
        assertEquals("18446744073709551615", first("18446744073709551615" + GOOD.substring(10)).split("\\|")[0]);
        assertEquals("4294967295", first(GOOD.replace("1675210080", "4294967295")).split("\\|")[1]);
        assertEquals("14097071", first(GOOD.replace("10.140134", "14.097071")).split("\\|")[5]);
        assertEquals("14097072", first(GOOD.replace("10.140134", "14.0970715")).split("\\|")[5]);
        assertEquals("24048000000", first(GOOD.replace("10.140134", "24048")).split("\\|")[5]);
        assertEquals("", first(GOOD.replace("1.4A Kiwi", "")).split("\\|", -1)[13]);
        assertEquals("a,\"b\"", first(GOOD.replace("1.4A Kiwi", "\"a,\"\"b\"\"\"")).split("\\|")[13]);
        assertEquals("PJ4/K1ABC", first(GOOD.replace("VK6CQ", "<PJ4\\K1ABC>")).split("\\|")[7]);
        assertEquals("OF78wa", first(GOOD.replace("OF78wa", "of78WA")).split("\\|")[8]);
        assertEquals(2, parse(GOOD + "\r\n\r\n\n" + GOOD + "\r\n").size());
        assertTrue(parse(GOOD + "\r\n\r\n\n" + GOOD + "\r\n").getLast().endsWith("|1|4"));
    }

    @Test
    void namesTheReason() {
        assertEquals("COLUMNS@1:a,b", first("a,b"));
        assertEquals("ID@1:id" + GOOD.substring(10), first("id" + GOOD.substring(10)));
        for (String[] change : new String[][] {
                {"1675210080", "0", "TIME"}, {"1675210080", "4294967296", "TIME"}, {"1675210080", "", "TIME"},
                {"VK5ARG", "<...>", "REPORTER"}, {"VK5ARG", "ABCDEFGHIJKLMNOPQRSTU", "REPORTER"},
                {"PF95ht", "PF95h", "REPORTER_GRID"}, {"PF95ht", "PS95ht", "REPORTER_GRID"}, {"PF95ht", "", "REPORTER_GRID"},
                {"-18", "-51", "SNR"}, {"-18", "1.5", "SNR"}, {"-18", "-", "SNR"}, {"-18", "", "SNR"},
                {"10.140134", "10.14.0134", "FREQUENCY"}, {"10.140134", "-10.140134", "FREQUENCY"}, {"10.140134", "1e7", "FREQUENCY"},
                {"10.140134", "0.600000", "BAND"}, {"10.140134", "500.000001", "BAND"}, {"VK6CQ", "", "CALLSIGN"}, {"VK6CQ", "//", "CALLSIGN"}, {"OF78wa", "OF7Awa", "GRID"},
                {",23,", ",61,", "POWER"}, {",23,0", ",23,300", "DRIFT"}, {"2129", "50001", "DISTANCE"}, {"2129", "-1", "DISTANCE"},
                {",103,", ",361,", "AZIMUTH"}, {"Kiwi,1", "Kiwi,x", "CODE"}, {"1.4A Kiwi", "\"1.4A", "QUOTES"},
                {"1.4A Kiwi", "\"1\"2", "QUOTES"}}) {
            assertTrue(first(GOOD.replace(change[0], change[1])).startsWith(change[2] + "@"),
                    change[1] + " gave " + first(GOOD.replace(change[0], change[1])));
        }
    }

    @Test
    void agreesWithANaiveParser() {
        Random random = new Random(7);
        for (int round = 0; round < 400; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                text.append(line(random)).append(random.nextInt(4) == 0 ? "\r\n" : "\n");
            }
            assertEquals(NaiveParser.parse(text.toString()), parse(text.toString()));
        }
    }

    /// The usual lines, their numbers at every length and at both ends of what is accepted, come through native code and not only
    /// through what it leaves.
    @Test
    void readsUsualLinesNatively() {
        assumeTrue(TextColumns.isAvailable(), "the native library was not built");
        StringBuilder text = new StringBuilder();
        Random random = new Random(3);
        for (int i = 0; i < 3000; i++) {
            text.append(1 + random.nextLong(1L << random.nextInt(1, 53))).append(',').append(1 + random.nextLong(1L << random.nextInt(1, 32)))
                    .append(",K").append(random.nextInt(200)).append("ABCDEFGHIJKL".substring(random.nextInt(12))).append(",FN")
                    .append(random.nextInt(10, 100)).append(random.nextBoolean() ? "" : "ab").append(',').append(random.nextInt(-50, 51))
                    .append(',').append(random.nextInt(14, 15)).append('.').append(random.nextInt(100_000, 349_999))
                    .append(",VK6CQ,OF78wa,").append(random.nextInt(-30, 61)).append(',').append(i % 5 == 0 ? "" : random.nextInt(-128, 128))
                    .append(',').append(random.nextInt(1 << random.nextInt(1, 16))).append(',').append(random.nextInt(361)).append(",14,")
                    .append(random.nextInt(3) == 0 ? "" : "2.6.1").append(',').append(i % 7 == 0 ? "" : random.nextInt(100)).append('\n');
        }
        List<String> expected = NaiveParser.parse(text.toString());
        assertEquals(expected, parse(text.toString()));
        int[] one = new int[1];
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        Texts texts = new Texts();
        SpotParser.Rows rows = new SpotParser.Rows() {
            @Override
            public void accept(Spot s) {
                one[0]++;
            }

            @Override
            public void accept(SpotColumns spots, int count) {
                // the others
            }

            @Override
            public void refuse(QuarantineReason reason, int source, long line, byte[] b, int start, int end) {
                one[0]++;
            }
        };
        try (Arena arena = Arena.ofConfined(); SpotParser parser = new SpotParser(texts, rows)) {
            MemorySegment memory = arena.allocate(bytes.length + 2L * TextColumns.MARGIN);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, TextColumns.MARGIN, bytes.length);
            Chunk chunk = new Chunk(memory, TextColumns.MARGIN, bytes.length, 3000, 0, 1, false);
            assertEquals(3000, parser.parse(chunk));
            assertTrue(one[0] > 0, "tokens not met before are asked for");
            one[0] = 0;
            assertEquals(3000, parser.parse(chunk));
        }
        assertEquals(0, one[0], "lines that native code left");
    }

    private static String line(Random random) {
        String[] fields = GOOD.split(",");
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int field = random.nextInt(fields.length);
            fields[field] = switch (random.nextInt(9)) {
                case 0 -> "";
                case 1 -> '"' + fields[field] + '"';
                case 2 -> String.valueOf(random.nextLong());
                case 3 -> String.valueOf(random.nextInt(200) - 100);
                case 4 -> random.nextInt(30) + "." + random.nextInt(10_000_000);
                case 5 -> new String(random.ints(random.nextInt(24), 32, 127).mapToObj(c -> String.valueOf((char) c)).toList()
                        .stream().reduce("", String::concat));
                case 6 -> " " + fields[field] + " ";
                case 7 -> fields[field].toLowerCase(java.util.Locale.ROOT);
                default -> fields[random.nextInt(fields.length)];
            };
        }
        String line = String.join(",", fields);
        return switch (random.nextInt(12)) {
            case 0 -> line + ",51.2,0.1";
            case 1 -> line.substring(0, random.nextInt(line.length()));
            case 2 -> "";
            default -> line;
        };
    }

    private static String first(String line) {
        return parse(line + "\n").getFirst();
    }

    /// Both ways; natively twice, since tokens are known only once they were seen.
    private static List<String> parse(String text) {
        List<String> rows = parse(text, false);
        if (TextColumns.isAvailable()) {
            assertEquals(rows, parse(text, true));
        }
        return rows;
    }

    private static List<String> parse(String text, boolean natively) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Texts texts = new Texts();
        SortedMap<Long, String> rows = new TreeMap<>();
        try (Arena arena = Arena.ofConfined(); SpotParser parser = new SpotParser(texts, collecting(texts, rows), natively)) {
            MemorySegment memory = arena.allocate(bytes.length + 2L * TextColumns.MARGIN);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, TextColumns.MARGIN, bytes.length);
            int lines = (int) text.chars().filter(c -> c == '\n').count();
            for (int times = natively ? 2 : 1; times > 0; times--) {
                rows.clear();
                int read = parser.parse(new Chunk(memory, TextColumns.MARGIN, bytes.length, lines, 3, 1, false));
                assertEquals(rows.size(), read);
            }
        }
        return List.copyOf(rows.values());
    }

    private static SpotParser.Rows collecting(Texts texts, SortedMap<Long, String> rows) {
        return new SpotParser.Rows() {
            @Override
            public void accept(Spot s) {
                long line = s.origin & (1L << SpotColumns.LINE_BITS) - 1;
                assertEquals(3, SpotColumns.sourceOf(s.origin));
                rows.put(line, String.join("|", Long.toUnsignedString(s.id), Integer.toUnsignedString(s.time), text(texts.calls(), s.reporter),
                        text(texts.grids(), s.reporterGrid), "" + s.snr, "" + s.frequency, Bands.ALL.get(s.band).name(),
                        text(texts.calls(), s.callsign), text(texts.grids(), s.grid), "" + s.power, "" + s.drift, "" + s.distance,
                        "" + s.azimuth, text(texts.versions(), s.version), "" + s.code, "" + line));
            }

            @Override
            public void refuse(QuarantineReason reason, int source, long line, byte[] b, int start, int end) {
                rows.put(line, reason + "@" + line + ":" + new String(b, start, end - start, StandardCharsets.ISO_8859_1));
            }
        };
    }

    private static String text(TextDictionary dictionary, int number) {
        return new String(dictionary.snapshot()[number], StandardCharsets.ISO_8859_1);
    }

    /// Strings, split and regular expressions: slow and plain.
    private static final class NaiveParser {

        static List<String> parse(String text) {
            List<String> rows = new ArrayList<>();
            String[] lines = text.split("\n", -1);
            for (int i = 0; i < lines.length; i++) {
                String line = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
                if (!line.isEmpty()) {
                    List<String> out = new ArrayList<>();
                    QuarantineReason reason = row(line, out);
                    rows.add(reason == null ? String.join("|", out) + "|" + (i + 1) : reason + "@" + (i + 1) + ":" + line);
                }
            }
            return rows;
        }

        private static QuarantineReason row(String line, List<String> out) {
            List<String> f = new ArrayList<>();
            String rest = line;
            while (true) {
                if (rest.startsWith("\"")) {
                    java.util.regex.Matcher m = java.util.regex.Pattern.compile("\"((?:[^\"]|\"\")*)\"(,|$)", java.util.regex.Pattern.DOTALL).matcher(rest);
                    if (!m.lookingAt()) {
                        return QuarantineReason.QUOTES;
                    }
                    f.add(m.group(1).replace("\"\"", "\""));
                    if (m.group(2).isEmpty()) {
                        break;
                    }
                    rest = rest.substring(m.end());
                } else {
                    int comma = rest.indexOf(',');
                    f.add(comma < 0 ? rest : rest.substring(0, comma));
                    if (comma < 0) {
                        break;
                    }
                    rest = rest.substring(comma + 1);
                }
            }
            if (f.size() < 15) {
                return QuarantineReason.COLUMNS;
            }
            if (!f.get(0).strip().matches("\\+?[0-9]{1,20}") || new java.math.BigInteger(f.get(0).strip()).bitLength() > 64) {
                return QuarantineReason.ID;
            }
            out.add(new java.math.BigInteger(f.get(0).strip()).toString());
            return number(f.get(1), 1, 0xffff_ffffL, QuarantineReason.TIME, out) != null ? QuarantineReason.TIME
                    : call(f.get(2), out) ? QuarantineReason.REPORTER : grid(f.get(3), out) ? QuarantineReason.REPORTER_GRID
                    : number(f.get(4), -50, 50, QuarantineReason.SNR, out) != null ? QuarantineReason.SNR
                    : transmitter(f, out);
        }

        private static QuarantineReason transmitter(List<String> f, List<String> out) {
            if (!f.get(5).strip().matches("\\+?([0-9]{1,12}(\\.[0-9]{0,40})?|\\.[0-9]{1,40})")) {
                return QuarantineReason.FREQUENCY;
            }
            long hz = new BigDecimal(f.get(5).strip()).multiply(BigDecimal.valueOf(1_000_000)).setScale(0, RoundingMode.HALF_UP).longValue();
            List<Bands.Band> bands = Bands.ALL.stream().filter(b -> b.lowHz() <= hz && hz <= b.highHz()).toList();
            if (bands.isEmpty()) {
                return QuarantineReason.BAND;
            }
            out.add("" + hz);
            out.add(bands.getLast().name());
            QuarantineReason reason = call(f.get(6), out) ? QuarantineReason.CALLSIGN : grid(f.get(7), out) ? QuarantineReason.GRID
                    : number(f.get(8), -30, 60, QuarantineReason.POWER, out);
            reason = reason != null ? reason : number(f.get(9).isEmpty() ? "0" : f.get(9), -128, 127, QuarantineReason.DRIFT, out);
            reason = reason != null ? reason : number(f.get(10), 0, 50_000, QuarantineReason.DISTANCE, out);
            reason = reason != null ? reason : number(f.get(11), 0, 360, QuarantineReason.AZIMUTH, out);
            out.add(f.get(13).replaceAll("^ +| +$", ""));
            return reason != null ? reason
                    : number(f.get(14).isEmpty() ? "0" : f.get(14), Integer.MIN_VALUE, Integer.MAX_VALUE, QuarantineReason.CODE, out);
        }

        private static QuarantineReason number(String text, long low, long high, QuarantineReason reason, List<String> out) {
            if (!text.strip().matches("[+-]?[0-9]{1,20}")) {
                return reason;
            }
            java.math.BigInteger value = new java.math.BigInteger(text.strip());
            out.add(value.toString());
            return value.compareTo(java.math.BigInteger.valueOf(low)) < 0 || value.compareTo(java.math.BigInteger.valueOf(high)) > 0
                    ? reason : null;
        }

        private static boolean call(String text, List<String> out) {
            String clean = text.replace('\\', '/').replaceAll("[\"'`<>\\[\\]{}()\\x00-\\x20\\x7f]", "");
            out.add(clean);
            return clean.length() > 20 || !clean.matches(".*[0-9A-Za-z].*");
        }

        private static boolean grid(String text, List<String> out) {
            String upper = text.replaceAll("^ +| +$", "").toUpperCase(java.util.Locale.ROOT);
            if (!upper.matches("[A-R]{2}[0-9]{2}([A-X]{2}([0-9]{2})?)?")) {
                return true;
            }
            out.add(upper.substring(0, 4) + (upper.length() > 4 ? upper.substring(4, 6).toLowerCase(java.util.Locale.ROOT) + upper.substring(6) : ""));
            return false;
        }
    }
}
