package org.ionforge.refinery;

import java.util.Arrays;

/// The `limit` largest of many keys (unsigned), in a heap whose root is the smallest of them. First all keys are offered; then
/// the rows come again and are taken if their key is among the largest.
final class LargestKeys {

    private final int limit;
    private long[] heap = new long[16];
    private int size;
    private int ties = -1;

    private LargestKeys(int limit) {
        this.limit = limit;
    }

    static LargestKeys[] several(int n, int limit) {
        LargestKeys[] all = new LargestKeys[n];
        Arrays.setAll(all, _ -> new LargestKeys(limit));
        return all;
    }

    void offer(long key) {
        add(key ^ Long.MIN_VALUE);
    }

    /// Offers what another has kept of its keys.
    void offerAll(LargestKeys other) {
        for (int i = 0; i < other.size; i++) {
            add(other.heap[i]);
        }
    }

    private void add(long value) {
        if (size < limit) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, (int) Math.min(limit, size * 2L));
            }
            rise(value);
        } else if (limit > 0 && value > heap[0]) {
            sink(value);
        }
    }

    /// Whether a row with this key may belong to the sample; many threads may ask.
    boolean reaches(long key) {
        return size > 0 && (key ^ Long.MIN_VALUE) >= heap[0];
    }

    /// Whether a row with this key belongs to the sample. Of rows that share the smallest key in it, as many as there is room for.
    boolean take(long key) {
        if (ties < 0) {
            ties = 0;
            for (int i = 0; i < size; i++) {
                ties += heap[i] == heap[0] ? 1 : 0;
            }
        }
        long value = key ^ Long.MIN_VALUE;
        if (size == 0 || value < heap[0]) {
            return false;
        }
        if (value == heap[0]) {
            if (ties == 0) {
                return false;
            }
            ties--;
        }
        return true;
    }

    private void rise(long value) {
        int at = size++;
        while (at > 0 && heap[(at - 1) / 2] > value) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = value;
    }

    private void sink(long value) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= value) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = value;
    }
}
