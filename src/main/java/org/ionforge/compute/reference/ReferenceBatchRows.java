package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;

/// The definition.
final class ReferenceBatchRows implements BatchRows {

    @Override
    public void gather(Shape shape, Buffer data, Buffer index, long first, Buffer out) {
        long rows = BatchRows.check(shape, data, index, first, out);
        MemorySegment from = data.host();
        MemorySegment to = out.host();
        for (int t = 0; t < shape.steps(); t++) {
            for (int b = 0; b < shape.batch(); b++) {
                int row = index.host().getAtIndex(JAVA_INT_UNALIGNED, first + b);
                for (int w = 0; w < shape.width(); w++) {
                    int value = row >= 0 && row < rows
                            ? from.getAtIndex(JAVA_INT_UNALIGNED, row * shape.row() + (long) t * shape.width() + w) : -1;
                    to.setAtIndex(JAVA_INT_UNALIGNED, ((long) t * shape.batch() + b) * shape.width() + w, value);
                }
            }
        }
    }
}
