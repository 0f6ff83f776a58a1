package org.ionforge.compute.cuda.vendor;

import static org.ionforge.compute.cuda.vendor.CublasByJCuda.at;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnStatus;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import jcuda.runtime.cudaStream_t;

/// cuDNN 8 through JCudnn, where there is no cuDNN 9; what [Cudnn] says of products holds here too.
final class CudnnByJCuda implements VendorLibrary {

    static final String LIBRARY = "libcudnn.so.8";

    private static final int ALGORITHMS = 8;

    /// Images of a product's operands, its filter, and the algorithm. The second images are B or C, as the form says.
    private record Plan(cudnnTensorDescriptor a, cudnnTensorDescriptor images, cudnnFilterDescriptor filter,
                        cudnnConvolutionDescriptor convolution, int algorithm) {
    }

    private final VendorStream device;
    private final cudnnHandle handle = new cudnnHandle();
    private final long workspace;
    private final Map<MatrixProduct, Optional<Plan>> plans = new HashMap<>();
    /// Destroy what was created, the last first.
    private final Deque<Runnable> closings = new ArrayDeque<>();
    private boolean closed;

    CudnnByJCuda(VendorStream device) {
        this.device = device;
        device.makeCurrent();
        check("cudnnCreate", JCudnn.cudnnCreate(handle));
        check("cudnnSetStream", JCudnn.cudnnSetStream(handle, new cudaStream_t(device.stream())));
        workspace = device.allocate(WORKSPACE_BYTES);
    }

    @Override
    public String name() {
        return "cuDNN";
    }

    @Override
    public String version() {
        return installedVersion();
    }

    static String installedVersion() {
        return VendorLibrary.version(JCudnn.cudnnGetVersion(), 1000, 100);
    }

    @Override
    public boolean can(MatrixProduct product) {
        device.makeCurrent();
        return plans.computeIfAbsent(product, this::plan).isPresent();
    }

    @Override
    public void multiply(MatrixProduct product, long a, long b, long c) {
        device.makeCurrent();
        Plan plan = plans.computeIfAbsent(product, this::plan)
                .orElseThrow(() -> new VendorException("cuDNN " + version() + " has no algorithm for " + product));
        Pointer one = Pointer.to(new float[] {1});
        Pointer zero = Pointer.to(new float[] {0});
        check("convolution for " + product, product.form() == MatrixProduct.Form.ROWS_BY_ROWS
                ? JCudnn.cudnnConvolutionForward(handle, one, plan.a, at(a), plan.filter, at(b), plan.convolution, plan.algorithm, at(workspace),
                        WORKSPACE_BYTES, zero, plan.images, at(c))
                : JCudnn.cudnnConvolutionBackwardFilter(handle, one, plan.images, at(b), plan.a, at(a), plan.convolution, plan.algorithm,
                        at(workspace), WORKSPACE_BYTES, zero, plan.filter, at(c)));
    }

    private Optional<Plan> plan(MatrixProduct product) {
        if (product.type() != MatrixProduct.Type.FP32 && product.type() != MatrixProduct.Type.TF32) {
            return Optional.empty();
        }
        boolean rows = product.form() == MatrixProduct.Form.ROWS_BY_ROWS;
        cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
        check("cudnnCreateConvolutionDescriptor", JCudnn.cudnnCreateConvolutionDescriptor(convolution));
        closings.push(() -> check("cudnnDestroyConvolutionDescriptor", JCudnn.cudnnDestroyConvolutionDescriptor(convolution)));
        check("cudnnSetConvolution2dDescriptor", JCudnn.cudnnSetConvolution2dDescriptor(convolution, 0, 0, 1, 1, 1, 1,
                cudnnConvolutionMode.CUDNN_CROSS_CORRELATION, cudnnDataType.CUDNN_DATA_FLOAT));
        check("cudnnSetConvolutionMathType", JCudnn.cudnnSetConvolutionMathType(convolution,
                product.type() == MatrixProduct.Type.TF32 ? cudnnMathType.CUDNN_DEFAULT_MATH : cudnnMathType.CUDNN_FMA_MATH));
        cudnnTensorDescriptor a = rows ? images(product.m(), product.k()) : images(product.k(), product.m());
        cudnnTensorDescriptor images = rows ? images(product.m(), product.n()) : images(product.k(), product.n());
        cudnnFilterDescriptor filter = rows ? filter(product.n(), product.k()) : filter(product.m(), product.n());
        return (rows ? forward(a, filter, convolution, images) : backward(images, a, convolution, filter))
                .map(algorithm -> new Plan(a, images, filter, convolution, algorithm));
    }

    private Optional<Integer> forward(cudnnTensorDescriptor x, cudnnFilterDescriptor w, cudnnConvolutionDescriptor convolution,
                                      cudnnTensorDescriptor y) {
        int[] found = new int[1];
        cudnnConvolutionFwdAlgoPerf[] list = new cudnnConvolutionFwdAlgoPerf[ALGORITHMS];
        Arrays.setAll(list, _ -> new cudnnConvolutionFwdAlgoPerf());
        check("cudnnGetConvolutionForwardAlgorithm_v7", JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(handle, x, w, convolution, y, ALGORITHMS,
                found, list));
        return Arrays.stream(list, 0, found[0]).filter(each -> usable(each.status, each.determinism, each.memory)).map(each -> each.algo).findFirst();
    }

    private Optional<Integer> backward(cudnnTensorDescriptor x, cudnnTensorDescriptor dy, cudnnConvolutionDescriptor convolution,
                                       cudnnFilterDescriptor dw) {
        int[] found = new int[1];
        cudnnConvolutionBwdFilterAlgoPerf[] list = new cudnnConvolutionBwdFilterAlgoPerf[ALGORITHMS];
        Arrays.setAll(list, _ -> new cudnnConvolutionBwdFilterAlgoPerf());
        check("cudnnGetConvolutionBackwardFilterAlgorithm_v7", JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, x, dy, convolution,
                dw, ALGORITHMS, found, list));
        return Arrays.stream(list, 0, found[0]).filter(each -> usable(each.status, each.determinism, each.memory)).map(each -> each.algo).findFirst();
    }

    private static boolean usable(int status, int determinism, long memory) {
        return status == cudnnStatus.CUDNN_STATUS_SUCCESS && determinism == cudnnDeterminism.CUDNN_DETERMINISTIC && memory <= WORKSPACE_BYTES;
    }

    private cudnnTensorDescriptor images(int number, int channels) {
        cudnnTensorDescriptor tensor = new cudnnTensorDescriptor();
        check("cudnnCreateTensorDescriptor", JCudnn.cudnnCreateTensorDescriptor(tensor));
        closings.push(() -> check("cudnnDestroyTensorDescriptor", JCudnn.cudnnDestroyTensorDescriptor(tensor)));
        check("cudnnSetTensor4dDescriptor", JCudnn.cudnnSetTensor4dDescriptor(tensor, cudnnTensorFormat.CUDNN_TENSOR_NCHW,
                cudnnDataType.CUDNN_DATA_FLOAT, number, channels, 1, 1));
        return tensor;
    }

    private cudnnFilterDescriptor filter(int outputs, int inputs) {
        cudnnFilterDescriptor filter = new cudnnFilterDescriptor();
        check("cudnnCreateFilterDescriptor", JCudnn.cudnnCreateFilterDescriptor(filter));
        closings.push(() -> check("cudnnDestroyFilterDescriptor", JCudnn.cudnnDestroyFilterDescriptor(filter)));
        check("cudnnSetFilter4dDescriptor", JCudnn.cudnnSetFilter4dDescriptor(filter, cudnnDataType.CUDNN_DATA_FLOAT,
                cudnnTensorFormat.CUDNN_TENSOR_NCHW, outputs, inputs, 1, 1));
        return filter;
    }

    private static void check(String call, int status) {
        if (status != cudnnStatus.CUDNN_STATUS_SUCCESS) {
            throw new VendorException("cuDNN, " + call + ": status " + status + ", " + JCudnn.cudnnGetErrorString(status));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            device.makeCurrent();
            closings.forEach(Runnable::run);
            check("cudnnDestroy", JCudnn.cudnnDestroy(handle));
            device.free(workspace);
        }
    }
}
