package org.ionforge.compute.cuda.vendor;

import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/// cuBLAS 12 through JCublas. It takes matrices by columns: C by rows is Cᵀ by columns, so the operands change places.
final class CublasByJCuda implements VendorLibrary {

    static final String LIBRARY = "libcublas.so.12";

    /// The tensor cores take INT8 in rows of so many.
    private static final int INT8_MULTIPLE = 4;

    private final VendorStream device;
    private final cublasHandle handle = new cublasHandle();
    private final String version;
    private boolean closed;

    CublasByJCuda(VendorStream device) {
        this.device = device;
        device.makeCurrent();
        check("cublasCreate", JCublas2.cublasCreate(handle));
        check("cublasSetStream", JCublas2.cublasSetStream(handle, new cudaStream_t(device.stream())));
        int[] number = new int[1];
        check("cublasGetVersion", JCublas2.cublasGetVersion(handle, number));
        version = VendorLibrary.version(number[0], 10_000, 100);
    }

    @Override
    public String name() {
        return "cuBLAS";
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public boolean can(MatrixProduct product) {
        return product.type() != MatrixProduct.Type.INT8 || product.form() == MatrixProduct.Form.ROWS_BY_ROWS
                && product.k() % INT8_MULTIPLE == 0 && product.n() % INT8_MULTIPLE == 0;
    }

    @Override
    public void multiply(MatrixProduct product, long a, long b, long c) {
        device.makeCurrent();
        boolean rows = product.form() == MatrixProduct.Form.ROWS_BY_ROWS;
        int operands = switch (product.type()) {
            case FP32, TF32 -> cudaDataType.CUDA_R_32F;
            case BF16 -> cudaDataType.CUDA_R_16BF;
            case INT8 -> cudaDataType.CUDA_R_8I;
        };
        boolean whole = product.type() == MatrixProduct.Type.INT8;
        int results = whole ? cudaDataType.CUDA_R_32I : cudaDataType.CUDA_R_32F;
        int compute = whole ? cublasComputeType.CUBLAS_COMPUTE_32I : product.type() == MatrixProduct.Type.TF32
                ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32 : cublasComputeType.CUBLAS_COMPUTE_32F;
        Pointer one = whole ? Pointer.to(new int[] {1}) : Pointer.to(new float[] {1});
        Pointer zero = Pointer.to(new int[] {0});
        // The plain cublasGemmEx takes the type of the arithmetic as cuBLAS 10 numbered it.
        check("cublasGemmEx of " + product, JCublas2.cublasGemmEx_new(handle, operation(rows), operation(!rows), product.n(), product.m(),
                product.k(), one, at(b), operands, rows ? product.k() : product.n(), at(a), operands, rows ? product.k() : product.m(), zero,
                at(c), results, product.n(), compute, cublasGemmAlgo.CUBLAS_GEMM_DEFAULT));
    }

    private static int operation(boolean transposed) {
        return transposed ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    static Pointer at(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }

    private static void check(String call, int status) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new VendorException(call + ": status " + status + ", " + JCublas2.cublasGetStatusString(status));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            device.makeCurrent();
            check("cublasDestroy", JCublas2.cublasDestroy(handle));
        }
    }
}
