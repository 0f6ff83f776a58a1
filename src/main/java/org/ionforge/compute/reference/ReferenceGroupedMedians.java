package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.util.Arrays;
import org.ionforge.compute.GroupedMedians;
import org.ionforge.compute.SpotKeys;

/// The definition: each group's values sorted.
final class ReferenceGroupedMedians implements GroupedMedians {

    @Override
    public long medians(Rows rows, Groups groups) {
        long capacity = GroupedMedians.check(rows, groups);
        long count = 0;
        long end;
        for (long first = 0; first < rows.n() && key(rows, first) != SpotKeys.NONE; first = end) {
            end = first + 1;
            while (end < rows.n() && key(rows, end) == key(rows, first)) {
                end++;
            }
            if (count < capacity) {
                HostArrays.setLong(groups.keys(), count, key(rows, first));
                groups.counts().host().setAtIndex(JAVA_INT_UNALIGNED, count, (int) (end - first));
                groups.medians().host().setAtIndex(JAVA_FLOAT_UNALIGNED, count, median(rows, first, end));
            }
            count++;
        }
        if (count > capacity) {
            throw GroupedMedians.tooMany(count, capacity);
        }
        return count;
    }

    private static long key(Rows rows, long i) {
        return HostArrays.longAt(rows.keys(), i);
    }

    private static float median(Rows rows, long first, long end) {
        byte[] values = new byte[Math.toIntExact(end - first)];
        for (int i = 0; i < values.length; i++) {
            values[i] = HostArrays.byteAt(rows.values(), Integer.toUnsignedLong(rows.order().host().getAtIndex(JAVA_INT_UNALIGNED, first + i)));
        }
        Arrays.sort(values);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2f;
    }
}
