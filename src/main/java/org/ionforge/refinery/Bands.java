package org.ionforge.refinery;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.ionforge.errors.InputException;

/// The amateur bands and their house numbers (the reference system's table). A band is always worked out from the frequency:
/// the archive's own band column is the MHz part and not to be trusted.
///
/// A range is the union of the amateur allocation and the WSPR segment, both ends included (on 60 m the segment begins below
/// the allocation). Between the amateur bands, from 1 to 500 MHz (the range that the reference system takes), a spot belongs to
/// its frequency class: experimental and regional segments (5.25 MHz, 13.55 MHz, 40.68 MHz) are real and are kept.
public final class Bands {

    /// @param number house number, 102 = 160 m … 111 = 10 m
    /// @param lowHz  first frequency that belongs to the band
    /// @param highHz last frequency that does
    public record Band(int number, String name, long lowHz, long highHz) {
    }

    /// Every band, in ascending order of its number: the frequency classes first, then the amateur bands, which go before them
    /// where both hold a frequency.
    public static final List<Band> ALL = List.of(
            new Band(4, "MF", 1_000_000, 2_999_999),
            new Band(5, "HF", 3_000_000, 29_999_999),
            new Band(6, "VHF", 30_000_000, 299_999_999),
            new Band(7, "UHF", 300_000_000, 500_000_000),
            new Band(100, "2190m", 135_700, 137_800),
            new Band(101, "630m", 472_000, 479_000),
            new Band(102, "160m", 1_800_000, 2_000_000),
            new Band(103, "80m", 3_500_000, 4_000_000),
            new Band(104, "60m", 5_287_200, 5_405_000),
            new Band(105, "40m", 7_000_000, 7_300_000),
            new Band(106, "30m", 10_100_000, 10_150_000),
            new Band(107, "20m", 14_000_000, 14_350_000),
            new Band(108, "17m", 18_068_000, 18_168_000),
            new Band(109, "15m", 21_000_000, 21_450_000),
            new Band(110, "12m", 24_890_000, 24_990_000),
            new Band(111, "10m", 28_000_000, 29_700_000),
            new Band(200, "6m", 50_000_000, 54_000_000),
            new Band(201, "4m", 70_000_000, 71_000_000),
            new Band(202, "2m", 144_000_000, 148_000_000),
            new Band(203, "1.25m", 222_000_000, 225_000_000),
            new Band(300, "70cm", 420_000_000, 450_000_000),
            new Band(301, "33cm", 902_000_000, 928_000_000),
            new Band(302, "23cm", 1_240_000_000, 1_300_000_000),
            new Band(303, "13cm", 2_300_000_000L, 2_450_000_000L),
            new Band(400, "9cm", 3_300_000_000L, 3_500_000_000L),
            new Band(401, "5cm", 5_650_000_000L, 5_925_000_000L),
            new Band(402, "3cm", 10_000_000_000L, 10_500_000_000L),
            new Band(403, "1.2cm", 24_000_000_000L, 24_250_000_000L));

    /// The HF bands that signatures and gold are made of.
    public static final int FIRST_HF = 102;
    public static final int LAST_HF = 111;

    private static final int CLASSES = 4;
    private static final long[] LOW = ALL.stream().mapToLong(Band::lowHz).toArray();
    private static final long[] HIGH = ALL.stream().mapToLong(Band::highHz).toArray();

    /// Frequencies at which the band changes, ascending, and the index of the band that begins there, or −1.
    static final long[] EDGES = ALL.stream().flatMapToLong(band -> LongStream.of(band.lowHz(), band.highHz() + 1)).distinct().sorted().toArray();
    static final short[] BEYOND_EDGE = new short[EDGES.length];

    static {
        for (int i = 0; i < EDGES.length; i++) {
            BEYOND_EDGE[i] = (short) indexOf(EDGES[i]);
        }
    }

    private Bands() {
    }

    /// Index in [#ALL] of the band that `hz` lies in, or −1.
    static int indexOf(long hz) {
        int low = CLASSES;
        int high = LOW.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (hz < LOW[middle]) {
                high = middle - 1;
            } else if (hz > HIGH[middle]) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        for (int i = 0; i < CLASSES; i++) {
            if (hz >= LOW[i] && hz <= HIGH[i]) {
                return i;
            }
        }
        return -1;
    }

    /// House number of the band that `hz` lies in, or 0.
    public static int of(long hz) {
        int index = indexOf(hz);
        return index < 0 ? 0 : ALL.get(index).number();
    }

    /// Reads `20m,40m` or `107,105` or a mixture.
    ///
    /// @throws InputException naming the word that is no band
    public static SortedSet<Integer> parse(String list) {
        SortedSet<Integer> numbers = new TreeSet<>();
        for (String word : list.split(",")) {
            String name = word.strip();
            List<Band> found = new ArrayList<>(ALL);
            found.removeIf(b -> !b.name().equalsIgnoreCase(name) && !String.valueOf(b.number()).equals(name));
            if (found.isEmpty()) {
                throw new InputException("unknown band '" + name + "': give names or numbers such as 20m or 107; known are "
                        + String.join(", ", ALL.stream().map(Band::name).toList()));
            }
            numbers.add(found.getFirst().number());
        }
        return numbers;
    }
}
