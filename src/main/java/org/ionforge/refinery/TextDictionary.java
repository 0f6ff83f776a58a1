package org.ionforge.refinery;

import java.util.Arrays;
import java.util.Comparator;

/// Numbers distinct texts from 0 up, for one run. Everything after the parser works with these numbers.
///
/// Thread-safe; workers keep a [TokenCache] in front of it, so the lock is taken once per distinct token and worker.
final class TextDictionary {

    private byte[][] texts = new byte[1024][];
    private int[] table = new int[4096];
    private int size;

    /// The number of the text `bytes[start, end)`.
    synchronized int intern(byte[] bytes, int start, int end) {
        if (size * 2 >= table.length) {
            grow();
        }
        int mask = table.length - 1;
        int slot = hash(bytes, start, end) & mask;
        while (table[slot] != 0) {
            byte[] known = texts[table[slot] - 1];
            if (Arrays.equals(known, 0, known.length, bytes, start, end)) {
                return table[slot] - 1;
            }
            slot = (slot + 1) & mask;
        }
        if (size == texts.length) {
            texts = Arrays.copyOf(texts, size * 2);
        }
        texts[size++] = Arrays.copyOfRange(bytes, start, end);
        table[slot] = size;
        return size - 1;
    }

    int intern(byte[] text) {
        return intern(text, 0, text.length);
    }

    synchronized int size() {
        return size;
    }

    /// All texts so far; index = number. Not to be changed.
    synchronized byte[][] snapshot() {
        return Arrays.copyOf(texts, size);
    }

    /// For every number of `snapshot` its place in the order of the bytes, as ClickHouse orders strings.
    static int[] ranks(byte[][] snapshot) {
        Integer[] order = new Integer[snapshot.length];
        Arrays.setAll(order, i -> i);
        Arrays.parallelSort(order, Comparator.comparing(i -> snapshot[i], Arrays::compareUnsigned));
        int[] ranks = new int[snapshot.length];
        for (int place = 0; place < order.length; place++) {
            ranks[order[place]] = place;
        }
        return ranks;
    }

    private void grow() {
        int[] larger = new int[table.length * 2];
        int mask = larger.length - 1;
        for (int id = 0; id < size; id++) {
            int slot = hash(texts[id], 0, texts[id].length) & mask;
            while (larger[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            larger[slot] = id + 1;
        }
        table = larger;
    }

    private static int hash(byte[] bytes, int start, int end) {
        long h = 0x9e3779b97f4a7c15L;
        for (int i = start; i < end; i++) {
            h = (h ^ bytes[i]) * 0x100000001b3L;
        }
        return (int) (h ^ h >>> 32 ^ h >>> 47);
    }
}
