package org.ionforge.bindings.cublas;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.ionforge.bindings.NativeLibrary;

/// What the engine calls of `cublasLt.h` (and of `cublas_api.h` and `library_types.h`, which it includes), CUDA 12 and 13.
public final class cublasLt_h {

    /// By which names the library goes, the newest first.
    public static final List<String> LIBRARIES = List.of("libcublasLt.so.13", "libcublasLt.so.12");

    public static final int CUBLAS_STATUS_SUCCESS = 0;

    /// `cudaDataType`
    public static final int CUDA_R_32F = 0;
    public static final int CUDA_R_8I = 3;
    public static final int CUDA_R_32I = 10;
    public static final int CUDA_R_16BF = 14;

    /// `cublasComputeType_t`
    public static final int CUBLAS_COMPUTE_32F = 68;
    public static final int CUBLAS_COMPUTE_32I = 72;
    public static final int CUBLAS_COMPUTE_32F_FAST_TF32 = 77;

    /// `cublasOperation_t`
    public static final int CUBLAS_OP_N = 0;
    public static final int CUBLAS_OP_T = 1;

    /// `cublasLtMatmulDescAttributes_t`
    public static final int CUBLASLT_MATMUL_DESC_TRANSA = 3;
    public static final int CUBLASLT_MATMUL_DESC_TRANSB = 4;

    /// `cublasLtMatmulPreferenceAttributes_t`: a `uint64_t`, then four `uint32_t`
    public static final int CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES = 1;
    public static final int CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES = 5;
    public static final int CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES = 6;
    public static final int CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES = 7;
    public static final int CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES = 8;

    /// `cublasLtMatmulHeuristicResult_t`
    public static final StructLayout cublasLtMatmulHeuristicResult_t = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(8, ValueLayout.JAVA_LONG).withName("algo"), ValueLayout.JAVA_LONG.withName("workspaceSize"),
            ValueLayout.JAVA_INT.withName("state"), ValueLayout.JAVA_FLOAT.withName("wavesCount"),
            MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_INT).withName("reserved"));

    private cublasLt_h() {
    }

    /// The first of [#LIBRARIES] that is installed; loaded on first use.
    private static final class Library {
        static final NativeLibrary FOUND = NativeLibrary.firstOf(LIBRARIES);
    }

    /// The library in use; nothing if none is installed.
    public static Optional<String> library() {
        return Library.FOUND.loaded();
    }

    private static final class cublasLtCreate {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtCreate", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS));
    }

    /// `cublasStatus_t cublasLtCreate(cublasLtHandle_t *lightHandle)`
    public static int cublasLtCreate(MemorySegment handle) {
        try {
            return (int) cublasLtCreate.HANDLE.invokeExact(handle);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtDestroy {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtDestroy", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS));
    }

    /// `cublasStatus_t cublasLtDestroy(cublasLtHandle_t lightHandle)`
    public static int cublasLtDestroy(MemorySegment handle) {
        try {
            return (int) cublasLtDestroy.HANDLE.invokeExact(handle);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtGetStatusString {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtGetStatusString", FunctionDescriptor.of(
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    /// `const char *cublasLtGetStatusString(cublasStatus_t status)`
    public static MemorySegment cublasLtGetStatusString(int status) {
        try {
            return (MemorySegment) cublasLtGetStatusString.HANDLE.invokeExact(status);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtGetVersion {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtGetVersion", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    }

    /// `size_t cublasLtGetVersion(void)`
    public static long cublasLtGetVersion() {
        try {
            return (long) cublasLtGetVersion.HANDLE.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatmulDescCreate {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatmulDescCreate", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    /// `cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t *matmulDesc, cublasComputeType_t computeType,
    /// cudaDataType_t scaleType)`
    public static int cublasLtMatmulDescCreate(MemorySegment description, int computeType, int scaleType) {
        try {
            return (int) cublasLtMatmulDescCreate.HANDLE.invokeExact(description, computeType, scaleType);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatmulDescSetAttribute {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatmulDescSetAttribute", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t matmulDesc, cublasLtMatmulDescAttributes_t attr,
    /// const void *buf, size_t sizeInBytes)`
    public static int cublasLtMatmulDescSetAttribute(MemorySegment description, int attribute, MemorySegment value, long bytes) {
        try {
            return (int) cublasLtMatmulDescSetAttribute.HANDLE.invokeExact(description, attribute, value, bytes);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatmulDescDestroy {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatmulDescDestroy", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t matmulDesc)`
    public static int cublasLtMatmulDescDestroy(MemorySegment description) {
        try {
            return (int) cublasLtMatmulDescDestroy.HANDLE.invokeExact(description);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatrixLayoutCreate {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatrixLayoutCreate", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG));
    }

    /// `cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t *matLayout, cudaDataType type, uint64_t rows,
    /// uint64_t cols, int64_t ld)`
    public static int cublasLtMatrixLayoutCreate(MemorySegment layout, int type, long rows, long columns, long stride) {
        try {
            return (int) cublasLtMatrixLayoutCreate.HANDLE.invokeExact(layout, type, rows, columns, stride);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatrixLayoutDestroy {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatrixLayoutDestroy", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t matLayout)`
    public static int cublasLtMatrixLayoutDestroy(MemorySegment layout) {
        try {
            return (int) cublasLtMatrixLayoutDestroy.HANDLE.invokeExact(layout);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatmulPreferenceCreate {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatmulPreferenceCreate", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t *pref)`
    public static int cublasLtMatmulPreferenceCreate(MemorySegment preference) {
        try {
            return (int) cublasLtMatmulPreferenceCreate.HANDLE.invokeExact(preference);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatmulPreferenceSetAttribute {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatmulPreferenceSetAttribute", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t pref,
    /// cublasLtMatmulPreferenceAttributes_t attr, const void *buf, size_t sizeInBytes)`
    public static int cublasLtMatmulPreferenceSetAttribute(MemorySegment preference, int attribute, MemorySegment value,
                                                           long bytes) {
        try {
            return (int) cublasLtMatmulPreferenceSetAttribute.HANDLE.invokeExact(preference, attribute, value, bytes);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatmulPreferenceDestroy {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatmulPreferenceDestroy", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t pref)`
    public static int cublasLtMatmulPreferenceDestroy(MemorySegment preference) {
        try {
            return (int) cublasLtMatmulPreferenceDestroy.HANDLE.invokeExact(preference);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatmulAlgoGetHeuristic {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatmulAlgoGetHeuristic", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
    }

    /// `cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t operationDesc,
    /// cublasLtMatrixLayout_t Adesc, cublasLtMatrixLayout_t Bdesc, cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t
    /// Ddesc, cublasLtMatmulPreference_t preference, int requestedAlgoCount, cublasLtMatmulHeuristicResult_t
    /// heuristicResultsArray[], int *returnAlgoCount)`
    public static int cublasLtMatmulAlgoGetHeuristic(MemorySegment handle, MemorySegment operation, MemorySegment a,
                                                     MemorySegment b, MemorySegment c, MemorySegment d,
                                                     MemorySegment preference, int asked, MemorySegment results,
                                                     MemorySegment found) {
        try {
            return (int) cublasLtMatmulAlgoGetHeuristic.HANDLE.invokeExact(handle, operation, a, b, c, d, preference, asked,
                    results, found);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cublasLtMatmul {
        static final MethodHandle HANDLE = Library.FOUND.handle("cublasLtMatmul", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS));
    }

    /// `cublasStatus_t cublasLtMatmul(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t computeDesc, const void *alpha,
    /// const void *A, cublasLtMatrixLayout_t Adesc, const void *B, cublasLtMatrixLayout_t Bdesc, const void *beta, const
    /// void *C, cublasLtMatrixLayout_t Cdesc, void *D, cublasLtMatrixLayout_t Ddesc, const cublasLtMatmulAlgo_t *algo, void
    /// *workspace, size_t workspaceSizeInBytes, cudaStream_t stream)`
    public static int cublasLtMatmul(MemorySegment handle, MemorySegment operation, MemorySegment alpha, MemorySegment a,
                                     MemorySegment aLayout, MemorySegment b, MemorySegment bLayout, MemorySegment beta,
                                     MemorySegment c, MemorySegment cLayout, MemorySegment d, MemorySegment dLayout,
                                     MemorySegment algorithm, MemorySegment workspace, long workspaceBytes,
                                     MemorySegment stream) {
        try {
            return (int) cublasLtMatmul.HANDLE.invokeExact(handle, operation, alpha, a, aLayout, b, bLayout, beta, c, cLayout,
                    d, dLayout, algorithm, workspace, workspaceBytes, stream);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
