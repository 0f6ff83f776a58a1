package org.ionforge.compute.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.Reductions;

/// `kernels/reduce.cu`: a block of threads for each block of the contract; the blocks are added here, in ascending order.
final class CudaReductions implements Reductions {

    private static final int THREADS = 256;
    /// Numbers that a block of threads writes.
    private static final int PARTS = 5;

    private final CudaBackend backend;

    CudaReductions(CudaBackend backend) {
        this.backend = backend;
    }

    @Override
    public Moments moments(Buffer values, long n) {
        Operands.requireCount(n);
        Operands.require("values", values, ElementType.F32, n);
        double count = 0;
        double sum = 0;
        double squares = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double[] block : blocks("moments_block_f32", n, values)) {
            sum += block[0];
            squares += block[1];
            count += block[2];
            min = Math.min(min, block[3]);
            max = Math.max(max, block[4]);
        }
        return new Moments((long) count, sum, squares, (float) min, (float) max);
    }

    @Override
    public double[] products(Buffer x, Buffer y, long n) {
        Operands.requireCount(n);
        Operands.require("x", x, ElementType.F32, n);
        Operands.require("y", y, ElementType.F32, n);
        double[] sums = new double[PARTS];
        for (double[] block : blocks("products_block_f32", n, x, y)) {
            for (int k = 0; k < PARTS; k++) {
                sums[k] += block[k];
            }
        }
        return sums;
    }

    private double[][] blocks(String kernel, long n, Buffer... operands) {
        int blocks = Math.toIntExact(Math.ceilDiv(n, BLOCK));
        double[][] parts = new double[blocks][PARTS];
        if (blocks == 0) {
            return parts;
        }
        try (Buffer partial = backend.allocate(ElementType.F64, (long) blocks * PARTS); Arena arena = Arena.ofConfined()) {
            Object[] arguments = new Object[operands.length + 2];
            System.arraycopy(operands, 0, arguments, 0, operands.length);
            arguments[operands.length] = partial;
            arguments[operands.length + 1] = n;
            backend.device().launch(kernel, Grid.of(blocks, THREADS), arguments);
            MemorySegment host = arena.allocate(partial.byteSize(), 64);
            partial.download(host);
            for (int b = 0; b < blocks; b++) {
                MemorySegment.copy(host, ValueLayout.JAVA_DOUBLE, 8L * b * PARTS, parts[b], 0, PARTS);
            }
        }
        return parts;
    }
}
