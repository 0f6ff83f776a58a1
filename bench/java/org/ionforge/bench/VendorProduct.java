package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.cuda.JCudaDevice;
import org.ionforge.compute.cuda.vendor.MatrixProduct;
import org.ionforge.compute.cuda.vendor.VendorLibraries;
import org.ionforge.compute.cuda.vendor.VendorLibrary;

/// One of NVIDIA's libraries, where it is installed, at the integer products of a GPU.
///
/// @param name as [VendorLibraries#NAMES] has it
record VendorProduct(String name) implements Peer {

    @Override
    public String backend() {
        return "cuda";
    }

    @Override
    public void setThreads(int threads) {
        // Its work is the device's.
    }

    @Override
    public Optional<Contender> contender(Workload workload) {
        return workload instanceof QuantizedProduct product && product.activations() == ElementType.S8
                && product.format() == QuantizedGemm.Format.INT8 && product.result() == QuantizedProduct.Result.SUMS ? contender(product)
                : Optional.empty();
    }

    private Optional<Contender> contender(QuantizedProduct workload) {
        MatrixProduct product = new MatrixProduct(MatrixProduct.Type.INT8, MatrixProduct.Form.ROWS_BY_ROWS, workload.rows(), workload.outputs(),
                workload.inputs());
        JCudaDevice device = JCudaDevice.open();
        Optional<VendorLibrary> library = VendorLibraries.open(device, name);
        if (library.filter(each -> each.can(product)).isEmpty()) {
            library.ifPresent(VendorLibrary::close);
            device.close();
            return Optional.empty();
        }
        return Optional.of(new Multiplying(device, library.get(), product, workload));
    }

    /// The product on a stream of its own.
    private static final class Multiplying implements Contender {
        private final JCudaDevice device;
        private final VendorLibrary library;
        private final MatrixProduct product;
        private final long a;
        private final long b;
        private final long c;

        Multiplying(JCudaDevice device, VendorLibrary library, MatrixProduct product, QuantizedProduct workload) {
            this.device = device;
            this.library = library;
            this.product = product;
            a = device.allocate(product.aBytes());
            b = device.allocate(product.bBytes());
            c = device.allocate(product.cBytes());
            device.upload(MemorySegment.ofArray(workload.left()), a);
            device.upload(MemorySegment.ofArray(workload.codes()), b);
        }

        @Override
        public void run() {
            library.multiply(product, a, b, c);
        }

        @Override
        public void finish() {
            device.synchronize();
        }

        @Override
        public double sum() {
            int[] sums = new int[Math.multiplyExact(product.m(), product.n())];
            device.download(c, MemorySegment.ofArray(sums));
            double magnitude = 0;
            for (int sum : sums) {
                magnitude += Math.abs((double) sum);
            }
            return magnitude;
        }

        @Override
        public void close() {
            library.close();
            device.free(a);
            device.free(b);
            device.free(c);
            device.close();
        }
    }
}
