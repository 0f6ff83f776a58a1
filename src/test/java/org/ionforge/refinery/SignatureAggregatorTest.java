package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignatureAggregatorTest {

    @TempDir
    Path folder;

    private record Seen(long key, byte snr, int kp, float distance, float azimuth) {
    }

    @Test
    void figuresAreThoseOfSortedSpotsWhateverIsSpilled() throws IOException {
        Random random = new Random(11);
        List<Seen> spots = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            long key = SignatureKey.pack(102 + random.nextInt(10), random.nextInt(24), random.nextInt(3) * 16_000, random.nextInt(32_400) % 5,
                    random.nextInt(6));
            spots.add(new Seen(key, (byte) (random.nextInt(101) - 50), random.nextInt(4) == 0 ? -1 : random.nextInt(9000),
                    500 + random.nextFloat() * 15_000, random.nextFloat() * 360));
        }
        List<String> expected = plain(spots);
        for (int limit : new int[] {8, 100, 5000, 1 << 20}) {
            java.util.Collections.shuffle(spots, random);
            try (SignatureAggregator aggregator = new SignatureAggregator(limit, folder)) {
                for (int again = 0; again < 2; again++) {  // it is as new after draining
                    spots.subList(0, limit == 8 ? 2000 : spots.size()).forEach(s -> aggregator.add(s.key, new byte[] {s.snr}, 0, 1, 123_400, s.kp, s.distance, s.azimuth));
                    assertNothingIn(folder);
                    List<String> drained = new ArrayList<>();
                    aggregator.drain(tally -> drained.add(line(tally)));
                    assertEquals(limit == 8 ? plain(spots.subList(0, 2000)) : expected, drained, "limit " + limit);
                }
            }
        }
    }

    /// Runs are on disk, but without a name: a killed process leaves none.
    private static void assertNothingIn(Path folder) throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void countsMoreSpotsOfALevelThanACellHolds() {
        byte[] snr = new byte[70_000];
        Arrays.fill(snr, (byte) -7);
        snr[5] = 50;
        long key = SignatureKey.pack(107, 3, 17, 18, 1);
        try (SignatureAggregator aggregator = new SignatureAggregator(1 << 20, folder)) {
            aggregator.add(key, snr, 0, 6, 80_000, 1000, 600, 90);
            aggregator.add(key, snr, 6, snr.length, 80_000, 1000, 600, 90);
            List<String> drained = new ArrayList<>();
            aggregator.drain(tally -> drained.add(line(tally) + " " + tally.levels + " " + tally.counts[0] + " " + tally.counts[1]));
            assertEquals(List.of(key + " 70000 -7.0 70000 70000 70000000 42000000000 70000 5600000000 2 69999 1"), drained);
        }
    }

    @Test
    void statisticsAreExact() {
        SignatureTally tally = new SignatureTally();
        tally.clear(0);
        for (byte level : new byte[] {-20, -19, -30, -19, -3, -25}) {
            tally.add(level, 1);
        }
        assertEquals(-19.5f, tally.median());
        assertEquals(3 / 6f, tally.reliability());
        assertEquals((float) Math.sqrt((20 * 20 + 19 * 19 * 2 + 30 * 30 + 9 + 25 * 25) / 6.0 - Math.pow(116 / 6.0, 2)), tally.deviation(), 1e-6f);
        tally.add((byte) -19, 1);
        assertEquals(-19f, tally.median());
        tally.sineSum = Azimuths.sine(350) + Azimuths.sine(20);
        tally.cosineSum = Azimuths.cosine(350) + Azimuths.cosine(20);
        assertEquals(5f, tally.azimuth(), 1e-5f);
    }

    @Test
    void azimuthsAreThoseOfMath() {
        for (float degrees = 0; degrees <= 360; degrees += 0.0137f) {
            assertEquals(Math.sin(Math.toRadians(degrees)), Azimuths.sine(degrees) / SignatureTally.UNIT_CIRCLE, 1.2e-8);
            assertEquals(Math.cos(Math.toRadians(degrees)), Azimuths.cosine(degrees) / SignatureTally.UNIT_CIRCLE, 1.2e-8);
        }
    }

    private static List<String> plain(List<Seen> spots) {
        SortedMap<Long, List<Seen>> byKey = new TreeMap<>();
        spots.forEach(s -> byKey.computeIfAbsent(s.key, _ -> new ArrayList<>()).add(s));
        List<String> lines = new ArrayList<>();
        byKey.forEach((key, all) -> {
            int[] levels = all.stream().mapToInt(Seen::snr).sorted().toArray();
            long[] known = all.stream().mapToLong(Seen::kp).filter(kp -> kp >= 0).toArray();
            long metres = all.stream().mapToLong(s -> Math.round(s.distance * 1e3)).sum();
            float median = (levels[(levels.length - 1) / 2] + levels[levels.length / 2]) / 2f;
            boolean hasSfi = SignatureKey.sfiClass(key) != 0;
            lines.add(key + " " + levels.length + " " + median + " " + Arrays.stream(levels).filter(l -> l > -20).count() + " "
                    + known.length + " " + Arrays.stream(known).sum() + " " + metres + " " + (hasSfi ? levels.length : 0) + " "
                    + (hasSfi ? 123_400L * levels.length : 0));
        });
        return lines;
    }

    private static String line(SignatureTally t) {
        return t.key + " " + t.count() + " " + t.median() + " " + Math.round(t.reliability() * t.count()) + " " + t.kpCount + " " + t.kpSum
                + " " + t.distanceSum + " " + t.sfiCount + " " + t.sfiSum;
    }
}
