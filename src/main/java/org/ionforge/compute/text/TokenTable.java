package org.ionforge.compute.text;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Numbers of tokens of at most [#LONGEST] bytes, in a hash table off the heap that native code reads too ([TextColumns]). Used by
/// one thread.
///
/// A token is given as two words: its bytes, the first in the lowest, padded with zeros. The table lives as long as something uses it.
public final class TokenTable {

    /// Bytes of the longest token.
    public static final int LONGEST = 16;

    /// What [#find] answers for a token that is not in the table.
    public static final long UNKNOWN = Long.MIN_VALUE;

    private static final int LENGTH_BITS = 5;
    private static final int ENTRY = 3;

    private final int largest;
    private MemorySegment table;
    private int slots;
    private int used;

    /// @param largest slots (a power of two) beyond which the table is emptied rather than doubled, so that memory stays bounded
    public TokenTable(int largest) {
        this.largest = largest;
        allocate(Math.min(largest, 1 << 12));
    }

    /// The number of a token, negative too, or [#UNKNOWN].
    public long find(long low, long high, int length) {
        int slot = slotOf(low, high);
        while (true) {
            long number = word(slot, 2);
            if (number == UNKNOWN) {
                return UNKNOWN;
            }
            if (word(slot, 0) == low && word(slot, 1) == high && (number & (1 << LENGTH_BITS) - 1) == length) {
                return number >> LENGTH_BITS;
            }
            slot = (slot + 1) & slots - 1;
        }
    }

    /// Adds a token that is not in the table. A negative number is one that native code does not understand.
    public void put(long low, long high, int length, int number) {
        if (used * 4L >= slots) {
            grow();
        }
        insert(low, high, (long) number << LENGTH_BITS | length);
    }

    private void insert(long low, long high, long number) {
        int slot = slotOf(low, high);
        while (word(slot, 2) != UNKNOWN) {
            slot = (slot + 1) & slots - 1;
        }
        set(slot, low, high, number);
        used++;
    }

    private void grow() {
        MemorySegment old = table;
        int oldSlots = slots;
        if (oldSlots >= largest) {
            allocate(oldSlots);
            return;
        }
        allocate(oldSlots * 2);
        for (long i = 0; i < oldSlots; i++) {
            long number = old.getAtIndex(ValueLayout.JAVA_LONG, i * ENTRY + 2);
            if (number != UNKNOWN) {
                insert(old.getAtIndex(ValueLayout.JAVA_LONG, i * ENTRY), old.getAtIndex(ValueLayout.JAVA_LONG, i * ENTRY + 1), number);
            }
        }
    }

    private void allocate(int capacity) {
        table = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, (long) capacity * ENTRY);
        slots = capacity;
        used = 0;
        for (int slot = 0; slot < capacity; slot++) {
            set(slot, 0, 0, UNKNOWN);
        }
    }

    MemorySegment memory() {
        return table;
    }

    int slots() {
        return slots;
    }

    private long word(int slot, int which) {
        return table.getAtIndex(ValueLayout.JAVA_LONG, (long) slot * ENTRY + which);
    }

    private void set(int slot, long low, long high, long number) {
        table.setAtIndex(ValueLayout.JAVA_LONG, (long) slot * ENTRY, low);
        table.setAtIndex(ValueLayout.JAVA_LONG, (long) slot * ENTRY + 1, high);
        table.setAtIndex(ValueLayout.JAVA_LONG, (long) slot * ENTRY + 2, number);
    }

    /// The same in native/src/isa/text_columns.cpp.
    private int slotOf(long low, long high) {
        long hash = (low ^ high * 0x9e3779b97f4a7c15L) * 0xd6e8feb86659fd93L;
        return (int) (hash >>> 40) & slots - 1;
    }
}
