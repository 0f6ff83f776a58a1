package org.ionforge.vault;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/// Strings that lie one after the other in one array; each is cut out when asked for.
final class Strings extends AbstractList<byte[]> implements RandomAccess {

    private final byte[] bytes;
    private final int[] ends;

    Strings(byte[] bytes, int[] ends) {
        this.bytes = bytes;
        this.ends = ends;
    }

    @Override
    public byte[] get(int row) {
        return Arrays.copyOfRange(bytes, row == 0 ? 0 : ends[row - 1], ends[row]);
    }

    @Override
    public int size() {
        return ends.length;
    }
}
