package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;

/// `native/src/batch_rows.cpp`.
final class CpuBatchRows implements BatchRows {

    @Override
    public void gather(Shape shape, Buffer data, Buffer index, long first, Buffer out) {
        long rows = BatchRows.check(shape, data, index, first, out);
        ionforge_cpu_h.ionforge_cpu_batch_rows_u32(data.host(), rows, index.host().asSlice(first * Integer.BYTES), shape.steps(),
                shape.batch(), shape.width(), out.host());
    }
}
