package org.ionforge.bindings.cudnn;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.ionforge.bindings.NativeLibrary;

/// What the engine calls of `cudnn.h`, cuDNN 9. (JCudnn serves where there is only cuDNN 8.)
public final class cudnn_h {

    /// By which names the library goes.
    public static final List<String> LIBRARIES = List.of("libcudnn.so.9");

    public static final int CUDNN_STATUS_SUCCESS = 0;

    /// `cudnnTensorFormat_t`, `cudnnDataType_t`, `cudnnConvolutionMode_t`
    public static final int CUDNN_TENSOR_NCHW = 0;
    public static final int CUDNN_DATA_FLOAT = 0;
    public static final int CUDNN_CROSS_CORRELATION = 1;

    /// `cudnnMathType_t`: tensor cores with TF32 where they help, and FP32 only
    public static final int CUDNN_DEFAULT_MATH = 0;
    public static final int CUDNN_FMA_MATH = 3;

    /// `cudnnDeterminism_t`
    public static final int CUDNN_DETERMINISTIC = 1;

    /// `cudnnConvolutionFwdAlgoPerf_t`, and `cudnnConvolutionBwdFilterAlgoPerf_t` to the bit
    public static final StructLayout cudnnConvolutionAlgoPerf_t = MemoryLayout.structLayout(ValueLayout.JAVA_INT.withName("algo"),
            ValueLayout.JAVA_INT.withName("status"), ValueLayout.JAVA_FLOAT.withName("time"), MemoryLayout.paddingLayout(4),
            ValueLayout.JAVA_LONG.withName("memory"), ValueLayout.JAVA_INT.withName("determinism"),
            ValueLayout.JAVA_INT.withName("mathType"), MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_INT).withName("reserved"),
            MemoryLayout.paddingLayout(4));

    private cudnn_h() {
    }

    /// The first of [#LIBRARIES] that is installed; loaded on first use.
    private static final class Library {
        static final NativeLibrary FOUND = NativeLibrary.firstOf(LIBRARIES);
    }

    /// The library in use; nothing if none is installed.
    public static Optional<String> library() {
        return Library.FOUND.loaded();
    }

    private static final class cudnnGetVersion {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnGetVersion", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    }

    /// `size_t cudnnGetVersion(void)`
    public static long cudnnGetVersion() {
        try {
            return (long) cudnnGetVersion.HANDLE.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnGetErrorString {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnGetErrorString", FunctionDescriptor.of(ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    }

    /// `const char *cudnnGetErrorString(cudnnStatus_t status)`
    public static MemorySegment cudnnGetErrorString(int status) {
        try {
            return (MemorySegment) cudnnGetErrorString.HANDLE.invokeExact(status);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnCreate {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnCreate", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnCreate(cudnnHandle_t *handle)`
    public static int cudnnCreate(MemorySegment handle) {
        try {
            return (int) cudnnCreate.HANDLE.invokeExact(handle);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnDestroy {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnDestroy", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnDestroy(cudnnHandle_t handle)`
    public static int cudnnDestroy(MemorySegment handle) {
        try {
            return (int) cudnnDestroy.HANDLE.invokeExact(handle);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnSetStream {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnSetStream", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t streamId)`
    public static int cudnnSetStream(MemorySegment handle, MemorySegment stream) {
        try {
            return (int) cudnnSetStream.HANDLE.invokeExact(handle, stream);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnCreateTensorDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnCreateTensorDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t *desc)`
    public static int cudnnCreateTensorDescriptor(MemorySegment descriptor) {
        try {
            return (int) cudnnCreateTensorDescriptor.HANDLE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnDestroyTensorDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnDestroyTensorDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t desc)`
    public static int cudnnDestroyTensorDescriptor(MemorySegment descriptor) {
        try {
            return (int) cudnnDestroyTensorDescriptor.HANDLE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnSetTensor4dDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnSetTensor4dDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    /// `cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensorDesc, cudnnTensorFormat_t format,
    /// cudnnDataType_t dataType, int n, int c, int h, int w)`
    public static int cudnnSetTensor4dDescriptor(MemorySegment descriptor, int format, int type, int n, int c, int h, int w) {
        try {
            return (int) cudnnSetTensor4dDescriptor.HANDLE.invokeExact(descriptor, format, type, n, c, h, w);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnCreateFilterDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnCreateFilterDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t *desc)`
    public static int cudnnCreateFilterDescriptor(MemorySegment descriptor) {
        try {
            return (int) cudnnCreateFilterDescriptor.HANDLE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnDestroyFilterDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnDestroyFilterDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t desc)`
    public static int cudnnDestroyFilterDescriptor(MemorySegment descriptor) {
        try {
            return (int) cudnnDestroyFilterDescriptor.HANDLE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnSetFilter4dDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnSetFilter4dDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    /// `cudnnStatus_t cudnnSetFilter4dDescriptor(cudnnFilterDescriptor_t filterDesc, cudnnDataType_t dataType,
    /// cudnnTensorFormat_t format, int k, int c, int h, int w)`
    public static int cudnnSetFilter4dDescriptor(MemorySegment descriptor, int type, int format, int k, int c, int h, int w) {
        try {
            return (int) cudnnSetFilter4dDescriptor.HANDLE.invokeExact(descriptor, type, format, k, c, h, w);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnCreateConvolutionDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnCreateConvolutionDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t *desc)`
    public static int cudnnCreateConvolutionDescriptor(MemorySegment descriptor) {
        try {
            return (int) cudnnCreateConvolutionDescriptor.HANDLE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnDestroyConvolutionDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnDestroyConvolutionDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t desc)`
    public static int cudnnDestroyConvolutionDescriptor(MemorySegment descriptor) {
        try {
            return (int) cudnnDestroyConvolutionDescriptor.HANDLE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnSetConvolution2dDescriptor {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnSetConvolution2dDescriptor", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    /// `cudnnStatus_t cudnnSetConvolution2dDescriptor(cudnnConvolutionDescriptor_t convDesc, int pad_h, int pad_w, int u,
    /// int v, int dilation_h, int dilation_w, cudnnConvolutionMode_t mode, cudnnDataType_t computeType)`
    public static int cudnnSetConvolution2dDescriptor(MemorySegment descriptor, int padH, int padW, int u, int v,
                                                      int dilationH, int dilationW, int mode, int computeType) {
        try {
            return (int) cudnnSetConvolution2dDescriptor.HANDLE.invokeExact(descriptor, padH, padW, u, v, dilationH,
                    dilationW, mode, computeType);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnSetConvolutionMathType {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnSetConvolutionMathType", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    /// `cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t convDesc, cudnnMathType_t mathType)`
    public static int cudnnSetConvolutionMathType(MemorySegment descriptor, int mathType) {
        try {
            return (int) cudnnSetConvolutionMathType.HANDLE.invokeExact(descriptor, mathType);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnGetConvolutionForwardAlgorithm_v7 {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnGetConvolutionForwardAlgorithm_v7", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnGetConvolutionForwardAlgorithm_v7(cudnnHandle_t handle, const cudnnTensorDescriptor_t srcDesc,
    /// const cudnnFilterDescriptor_t filterDesc, const cudnnConvolutionDescriptor_t convDesc, const cudnnTensorDescriptor_t
    /// destDesc, const int requestedAlgoCount, int *returnedAlgoCount, cudnnConvolutionFwdAlgoPerf_t *perfResults)`
    public static int cudnnGetConvolutionForwardAlgorithm_v7(MemorySegment handle, MemorySegment x, MemorySegment w,
                                                             MemorySegment convolution, MemorySegment y, int asked,
                                                             MemorySegment found, MemorySegment results) {
        try {
            return (int) cudnnGetConvolutionForwardAlgorithm_v7.HANDLE.invokeExact(handle, x, w, convolution, y, asked, found,
                    results);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnConvolutionForward {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnConvolutionForward", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void *alpha, const cudnnTensorDescriptor_t xDesc,
    /// const void *x, const cudnnFilterDescriptor_t wDesc, const void *w, const cudnnConvolutionDescriptor_t convDesc,
    /// cudnnConvolutionFwdAlgo_t algo, void *workSpace, size_t workSpaceSizeInBytes, const void *beta, const
    /// cudnnTensorDescriptor_t yDesc, void *y)`
    public static int cudnnConvolutionForward(MemorySegment handle, MemorySegment alpha, MemorySegment xTensor,
                                              MemorySegment x, MemorySegment wFilter, MemorySegment w,
                                              MemorySegment convolution, int algorithm, MemorySegment workspace,
                                              long workspaceBytes, MemorySegment beta, MemorySegment yTensor, MemorySegment y) {
        try {
            return (int) cudnnConvolutionForward.HANDLE.invokeExact(handle, alpha, xTensor, x, wFilter, w, convolution,
                    algorithm, workspace, workspaceBytes, beta, yTensor, y);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnGetConvolutionBackwardFilterAlgorithm_v7 {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnGetConvolutionBackwardFilterAlgorithm_v7", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnGetConvolutionBackwardFilterAlgorithm_v7(cudnnHandle_t handle, const cudnnTensorDescriptor_t
    /// srcDesc, const cudnnTensorDescriptor_t diffDesc, const cudnnConvolutionDescriptor_t convDesc, const
    /// cudnnFilterDescriptor_t gradDesc, const int requestedAlgoCount, int *returnedAlgoCount,
    /// cudnnConvolutionBwdFilterAlgoPerf_t *perfResults)`
    public static int cudnnGetConvolutionBackwardFilterAlgorithm_v7(MemorySegment handle, MemorySegment x, MemorySegment dy,
                                                                    MemorySegment convolution, MemorySegment dw, int asked,
                                                                    MemorySegment found, MemorySegment results) {
        try {
            return (int) cudnnGetConvolutionBackwardFilterAlgorithm_v7.HANDLE.invokeExact(handle, x, dy, convolution, dw,
                    asked, found, results);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class cudnnConvolutionBackwardFilter {
        static final MethodHandle HANDLE = Library.FOUND.handle("cudnnConvolutionBackwardFilter", FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t handle, const void *alpha, const cudnnTensorDescriptor_t
    /// xDesc, const void *x, const cudnnTensorDescriptor_t dyDesc, const void *dy, const cudnnConvolutionDescriptor_t
    /// convDesc, cudnnConvolutionBwdFilterAlgo_t algo, void *workSpace, size_t workSpaceSizeInBytes, const void *beta, const
    /// cudnnFilterDescriptor_t dwDesc, void *dw)`
    public static int cudnnConvolutionBackwardFilter(MemorySegment handle, MemorySegment alpha, MemorySegment xTensor,
                                                     MemorySegment x, MemorySegment dyTensor, MemorySegment dy,
                                                     MemorySegment convolution, int algorithm, MemorySegment workspace,
                                                     long workspaceBytes, MemorySegment beta, MemorySegment dwFilter,
                                                     MemorySegment dw) {
        try {
            return (int) cudnnConvolutionBackwardFilter.HANDLE.invokeExact(handle, alpha, xTensor, x, dyTensor, dy,
                    convolution, algorithm, workspace, workspaceBytes, beta, dwFilter, dw);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
