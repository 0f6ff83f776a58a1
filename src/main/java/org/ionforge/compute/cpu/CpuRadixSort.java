package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.cpu.ionforge_grouping_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.RadixSort;

/// `native/src/grouping.cpp`. Calls in one workspace wait for each other.
final class CpuRadixSort implements RadixSort {

    private final Workspace workspace;

    CpuRadixSort(Workspace workspace) {
        this.workspace = workspace;
    }

    @Override
    public void sort(Buffer keys, Buffer payload, long n, int bits) {
        RadixSort.check(keys, payload, n, bits);
        synchronized (workspace) {
            MemorySegment room = workspace.reserve(ionforge_grouping_h.ionforge_radix_sort_workspace(keys.type().bytes(), n));
            if (keys.type() == ElementType.U64) {
                ionforge_grouping_h.ionforge_radix_sort_u64(keys.host(), payload.host(), n, bits, room);
            } else {
                ionforge_grouping_h.ionforge_radix_sort_u32(keys.host(), payload.host(), n, bits, room);
            }
        }
    }
}
