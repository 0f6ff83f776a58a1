package org.ionforge.bench;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.QuantizedGemm.Format;

/// The quantised GEMM at twenty shapes, M×K×N: INT8 beside oneDNN, INT4 beside our own INT8, the other operands and epilogues at
/// some of them.
final class QuantizedGemmBenchmark implements Benchmark {

    private static final int[][] FULL = {
        // a classifier of MNIST, 784-1000-10, for one image, some, a batch, and 25 steps of a batch of 128
        {1, 784, 1000}, {16, 784, 1000}, {128, 784, 1000}, {3200, 784, 1000}, {1, 1000, 10}, {128, 1000, 10}, {3200, 1000, 10},
        // convolutions as products: 3×3 on 32 channels to 64 at 14×14 for 16 images; on 64 at 56×56; on 256 at 14×14 for 8 images
        {3136, 288, 64}, {3136, 576, 64}, {1568, 2304, 256},
        // a transformer's projections: one token, some, a batch of them; and an up-projection
        {1, 4096, 4096}, {16, 4096, 4096}, {128, 4096, 4096}, {32, 4096, 11008},
        // cubes
        {512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048}, {4096, 4096, 4096},
        // primes: nothing fits a tile
        {127, 1009, 509}, {1021, 769, 1031}};

    private static final int[][] SMALL = {{1, 17, 10}, {5, 67, 33}, {64, 128, 64}};

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        List<Workload> workloads = new ArrayList<>();
        int[][] shapes = size == Size.SMALL ? SMALL : FULL;
        for (Format format : new Format[] {Format.INT8, Format.INT4}) {
            for (int[] shape : shapes) {
                workloads.add(product(ElementType.S8, format, shape, QuantizedProduct.Result.SUMS));
            }
        }
        int[] layer = size == Size.SMALL ? SMALL[1] : FULL[3];
        int[] deep = size == Size.SMALL ? SMALL[2] : FULL[12];
        for (int[] shape : new int[][] {layer, deep}) {
            workloads.add(product(ElementType.S8, Format.INT2, shape, QuantizedProduct.Result.SUMS));
            workloads.add(product(ElementType.U8, Format.INT8, shape, QuantizedProduct.Result.SUMS));
            for (Format format : Format.values()) {
                workloads.add(product(ElementType.U32, format, shape, QuantizedProduct.Result.SUMS));
            }
            workloads.add(product(ElementType.S8, Format.INT8, shape, QuantizedProduct.Result.DEQUANTIZED));
            workloads.add(product(ElementType.S8, Format.INT8, shape, QuantizedProduct.Result.REQUANTIZED));
            workloads.add(product(ElementType.S8, Format.INT8, shape, QuantizedProduct.Result.SPIKES));
            workloads.add(product(ElementType.U32, Format.INT4, shape, QuantizedProduct.Result.SPIKES));
        }
        return List.copyOf(workloads);
    }

    private static QuantizedProduct product(ElementType activations, Format format, int[] shape, QuantizedProduct.Result result) {
        return new QuantizedProduct(activations, format, shape[0], shape[1], shape[2], result);
    }
}
