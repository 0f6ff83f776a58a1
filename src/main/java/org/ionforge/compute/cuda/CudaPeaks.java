package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;

/// `kernels/peaks.cu`: what this device does in a second when it does nothing but copy, or nothing but arithmetic.
public final class CudaPeaks {

    private static final int THREADS = 256;
    private static final int WARPS = THREADS / 32;
    private static final int BLOCKS_EACH = 4;
    /// Operations of a round: 8 multiply-adds a thread, or four products of tiles a warp.
    private static final long FMA_OPERATIONS = 16L * THREADS;
    private static final long S8_OPERATIONS = 2L * 16 * 8 * 32 * 4 * WARPS;
    private static final long BF16_OPERATIONS = S8_OPERATIONS / 2;

    private final CudaBackend backend;
    private final int blocks;

    /// @param multiprocessors of the device
    public CudaPeaks(CudaBackend backend, int multiprocessors) {
        this.backend = backend;
        this.blocks = multiprocessors * BLOCKS_EACH;
    }

    /// Bytes read and written a second by a copy of `bytes` on the device.
    public double copy(long bytes) {
        try (Buffer from = backend.allocate(ElementType.U8, bytes); Buffer to = backend.allocate(ElementType.U8, bytes)) {
            from.fill((byte) 1);
            to.fill((byte) 2);
            return 2 * bytes / seconds(() -> backend.device().copy(((DeviceBuffer) from).address(), ((DeviceBuffer) to).address(), bytes));
        }
    }

    /// FLOP a second of multiply-adds in single precision.
    public double fma(int rounds) {
        return operations("peak_fma_f32", ElementType.F32, rounds, FMA_OPERATIONS);
    }

    /// Operations a second of products of bytes summed in 32 bits, a product and its addition counted as two.
    public double dot(int rounds) {
        return operations("peak_dot_s8", ElementType.S32, rounds, S8_OPERATIONS);
    }

    /// The same of BF16 summed in FP32.
    public double dotBf16(int rounds) {
        return operations("peak_dot_bf16", ElementType.F32, rounds, BF16_OPERATIONS);
    }

    private double operations(String kernel, ElementType type, int rounds, long each) {
        try (Buffer sink = backend.allocate(type, (long) blocks * THREADS)) {
            return (double) each * blocks * rounds / seconds(() -> backend.device().launch(kernel, Grid.of(blocks, THREADS), sink, rounds));
        }
    }

    /// Of the second of two, whose kernel is loaded.
    private double seconds(Runnable work) {
        work.run();
        backend.synchronize();
        long start = System.nanoTime();
        work.run();
        backend.synchronize();
        return (System.nanoTime() - start) * 1e-9;
    }
}
