package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Patches;

/// `kernels/patches.cu`: a warp a row to gather, a thread a square and channel to scatter.
final class CudaPatches implements Patches {

    private static final int THREADS = 256;

    private final Device device;

    CudaPatches(Device device) {
        this.device = device;
    }

    @Override
    public void gather(Shape shape, Buffer maps, Buffer rows) {
        Patches.checkGather(shape, maps, rows);
        launch("patches_gather_" + (maps.type() == ElementType.U32 ? "bits" : name(maps)) + "_" + name(rows),
                Math.multiplyExact(32, shape.rows()), shape, maps, rows, shape.rows());
    }

    @Override
    public void scatter(Shape shape, Buffer rows, Buffer maps) {
        Patches.checkScatter(shape, rows, maps);
        long squares = (long) shape.images() * Math.ceilDiv(shape.height(), shape.pool()) * Math.ceilDiv(shape.width(), shape.pool());
        long count = Math.multiplyExact(squares, shape.channels());
        launch("patches_scatter_f32", count, shape, rows, maps, count);
    }

    private void launch(String kernel, long threads, Shape shape, Buffer from, Buffer to, long count) {
        device.launch(kernel, Grid.covering(threads, THREADS), from, to, count, shape.height(), shape.width(), shape.channels(),
                shape.pool(), shape.kernelHeight(), shape.kernelWidth(), shape.stride(), shape.padding());
    }

    private static String name(Buffer buffer) {
        return switch (buffer.type()) {
            case U32 -> "u32";
            case U8 -> "u8";
            default -> "f32";
        };
    }
}
