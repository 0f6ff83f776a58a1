package org.ionforge.compute.cuda.vendor;


/// One of NVIDIA's libraries on the stream of one device. Products are asynchronous and may be recorded in a graph once
/// [#can] was asked for them. Every result is the same each time: no library is asked for sums in an order that is left open.
public sealed interface VendorLibrary extends AutoCloseable permits CublasLt, CublasByJCuda, Cudnn, CudnnByJCuda {

    /// Device memory that a library may work in.
    long WORKSPACE_BYTES = 32L << 20;

    /// `cuBLASLt`, `cuBLAS`, `cuDNN`.
    String name();

    /// As the library numbers itself: `13.0.0`.
    String version();

    /// Whether the library does this product; the first time it makes a plan for it.
    boolean can(MatrixProduct product);

    /// Has the device multiply, after all work before it.
    ///
    /// @param a address of A on the device, a multiple of 16; of B and C likewise
    /// @throws VendorException with the library's own words if it fails
    void multiply(MatrixProduct product, long a, long b, long c);

    @Override
    void close();

    /// From a number like 130100 or 90801: three parts of that many digits each, the first as long as it is.
    static String version(long number, int minorFactor, int patchFactor) {
        return number / minorFactor + "." + number % minorFactor / patchFactor + "." + number % patchFactor;
    }
}
