package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_grouping_h;
import org.ionforge.compute.GroupedMedians;

/// `native/src/grouping.cpp`.
final class CpuGroupedMedians implements GroupedMedians {

    @Override
    public long medians(Rows rows, Groups groups) {
        long capacity = GroupedMedians.check(rows, groups);
        long found = ionforge_grouping_h.ionforge_grouped_medians_s8(rows.keys().host(), rows.order().host(), rows.values().host(), rows.n(),
                capacity, groups.keys().host(), groups.counts().host(), groups.medians().host());
        if (found > capacity) {
            throw GroupedMedians.tooMany(found, capacity);
        }
        return found;
    }
}
