package org.ionforge.bindings.cuda;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.ionforge.bindings.NativeLibrary;

/// The functions of `cuda.h` that JCuda 12.6.0 lacks, from the driver's own library.
public final class cuda_h {

    public static final String LIBRARY = "libcuda.so.1";

    /// `CU_MEMPOOL_ATTR_RELEASE_THRESHOLD`: a `cuuint64_t`, bytes that the pool keeps when the device synchronises.
    public static final int CU_MEMPOOL_ATTR_RELEASE_THRESHOLD = 4;

    public static final int CU_TENSOR_MAP_DATA_TYPE_UINT32 = 2;
    public static final int CU_TENSOR_MAP_INTERLEAVE_NONE = 0;
    public static final int CU_TENSOR_MAP_SWIZZLE_NONE = 0;
    public static final int CU_TENSOR_MAP_SWIZZLE_128B = 3;
    public static final int CU_TENSOR_MAP_L2_PROMOTION_L2_256B = 3;
    public static final int CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE = 0;

    private cuda_h() {
    }

    /// Whether the driver is installed.
    public static boolean isAvailable() {
        return Library.FOUND.loaded().isPresent();
    }

    /// Loaded on first use.
    private static final class Library {
        static final NativeLibrary FOUND = NativeLibrary.firstOf(List.of(LIBRARY));
    }

    private static final class cuDeviceGetDefaultMemPool {
        static final MethodHandle HANDLE = Library.FOUND.handle("cuDeviceGetDefaultMemPool",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    /// `CUresult cuDeviceGetDefaultMemPool(CUmemoryPool *pool_out, CUdevice dev)`
    public static int cuDeviceGetDefaultMemPool(MemorySegment poolOut, int device) {
        try {
            return (int) cuDeviceGetDefaultMemPool.HANDLE.invokeExact(poolOut, device);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cuMemPoolSetAttribute {
        static final MethodHandle HANDLE = Library.FOUND.handle("cuMemPoolSetAttribute",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `CUresult cuMemPoolSetAttribute(CUmemoryPool pool, CUmemPool_attribute attr, void *value)`
    public static int cuMemPoolSetAttribute(MemorySegment pool, int attribute, MemorySegment value) {
        try {
            return (int) cuMemPoolSetAttribute.HANDLE.invokeExact(pool, attribute, value);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cuTensorMapEncodeTiled {
        static final MethodHandle HANDLE = Library.FOUND.handle("cuTensorMapEncodeTiled", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT));
    }

    /// `CUresult cuTensorMapEncodeTiled(CUtensorMap *tensorMap, CUtensorMapDataType tensorDataType, cuuint32_t tensorRank,
    /// void *globalAddress, const cuuint64_t *globalDim, const cuuint64_t *globalStrides, const cuuint32_t *boxDim,
    /// const cuuint32_t *elementStrides, CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,
    /// CUtensorMapL2promotion l2Promotion, CUtensorMapFloatOOBfill oobFill)`, of drivers from CUDA 12.0 on
    public static int cuTensorMapEncodeTiled(MemorySegment tensorMap, int tensorDataType, int tensorRank, MemorySegment globalAddress,
                                             MemorySegment globalDim, MemorySegment globalStrides, MemorySegment boxDim,
                                             MemorySegment elementStrides, int interleave, int swizzle, int l2Promotion, int oobFill) {
        try {
            return (int) cuTensorMapEncodeTiled.HANDLE.invokeExact(tensorMap, tensorDataType, tensorRank, globalAddress, globalDim,
                    globalStrides, boxDim, elementStrides, interleave, swizzle, l2Promotion, oobFill);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
