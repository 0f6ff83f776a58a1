package org.ionforge.compute.cuda;

import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;

/// `kernels/batch_rows.cu`: a thread an element.
final class CudaBatchRows implements BatchRows {

    private static final int THREADS = 256;

    private final Device device;

    CudaBatchRows(Device device) {
        this.device = device;
    }

    @Override
    public void gather(Shape shape, Buffer data, Buffer index, long first, Buffer out) {
        long rows = BatchRows.check(shape, data, index, first, out);
        device.launch("batch_rows_gather_u32", Grid.covering(shape.batch() * shape.row(), THREADS), data, rows,
                ((DeviceBuffer) index).at(first), shape.steps(), shape.batch(), shape.width(), out);
    }
}
