package org.ionforge.compute.cuda.vendor;

import static org.ionforge.bindings.cudnn.cudnn_h.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// cuDNN 9 through Panama. A product is a convolution of images of one pixel: k channels to n (C = A·Bᵀ, A the images, B the filter), or
/// the gradient of its filter (C = Aᵀ·B, A the derivatives by the result, B the images). Of the algorithms that give the same each
/// time it takes the one that the library thinks fastest.
final class Cudnn implements VendorLibrary {

    private static final int ALGORITHMS = 8;
    private static final long ALGORITHM = offset("algo");
    private static final long STATUS = offset("status");
    private static final long MEMORY = offset("memory");
    private static final long DETERMINISM = offset("determinism");

    /// Descriptors of a product's operands, by the argument that they describe, and the algorithm.
    private record Plan(MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment convolution, int algorithm) {
    }

    private final VendorStream device;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1f);
    private final MemorySegment zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0f);
    private final MemorySegment handle;
    private final long workspace;
    private final Map<MatrixProduct, Optional<Plan>> plans = new HashMap<>();
    /// Destroy what was created, the last first.
    private final Deque<Runnable> closings = new ArrayDeque<>();

    Cudnn(VendorStream device) {
        this.device = device;
        device.makeCurrent();
        handle = created("cudnnCreate", out -> cudnnCreate(out));
        check("cudnnSetStream", cudnnSetStream(handle, MemorySegment.ofAddress(device.streamAddress())));
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
        return VendorLibrary.version(cudnnGetVersion(), 10_000, 100);
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
        MemorySegment first = MemorySegment.ofAddress(a);
        MemorySegment second = MemorySegment.ofAddress(b);
        MemorySegment result = MemorySegment.ofAddress(c);
        MemorySegment room = MemorySegment.ofAddress(workspace);
        check("convolution for " + product, product.form() == MatrixProduct.Form.ROWS_BY_ROWS
                ? cudnnConvolutionForward(handle, one, plan.a, first, plan.b, second, plan.convolution, plan.algorithm, room, WORKSPACE_BYTES,
                        zero, plan.c, result)
                : cudnnConvolutionBackwardFilter(handle, one, plan.b, second, plan.a, first, plan.convolution, plan.algorithm, room,
                        WORKSPACE_BYTES, zero, plan.c, result));
    }

    private Optional<Plan> plan(MatrixProduct product) {
        if (product.type() != MatrixProduct.Type.FP32 && product.type() != MatrixProduct.Type.TF32) {
            return Optional.empty();
        }
        boolean rows = product.form() == MatrixProduct.Form.ROWS_BY_ROWS;
        MemorySegment convolution = created("cudnnCreateConvolutionDescriptor", out -> cudnnCreateConvolutionDescriptor(out));
        closings.push(() -> check("cudnnDestroyConvolutionDescriptor", cudnnDestroyConvolutionDescriptor(convolution)));
        check("cudnnSetConvolution2dDescriptor", cudnnSetConvolution2dDescriptor(convolution, 0, 0, 1, 1, 1, 1, CUDNN_CROSS_CORRELATION,
                CUDNN_DATA_FLOAT));
        check("cudnnSetConvolutionMathType", cudnnSetConvolutionMathType(convolution,
                product.type() == MatrixProduct.Type.TF32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH));
        MemorySegment a = images(rows ? product.m() : product.k(), rows ? product.k() : product.m());
        MemorySegment b = rows ? filter(product.n(), product.k()) : images(product.k(), product.n());
        MemorySegment c = rows ? images(product.m(), product.n()) : filter(product.m(), product.n());
        try (Arena call = Arena.ofConfined()) {
            MemorySegment found = call.allocate(ValueLayout.JAVA_INT);
            MemorySegment list = call.allocate(cudnnConvolutionAlgoPerf_t, ALGORITHMS);
            check("algorithms for " + product, rows
                    ? cudnnGetConvolutionForwardAlgorithm_v7(handle, a, b, convolution, c, ALGORITHMS, found, list)
                    : cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, b, a, convolution, c, ALGORITHMS, found, list));
            for (int i = 0; i < found.get(ValueLayout.JAVA_INT, 0); i++) {
                MemorySegment each = list.asSlice(i * cudnnConvolutionAlgoPerf_t.byteSize(), cudnnConvolutionAlgoPerf_t);
                if (each.get(ValueLayout.JAVA_INT, STATUS) == CUDNN_STATUS_SUCCESS
                        && each.get(ValueLayout.JAVA_INT, DETERMINISM) == CUDNN_DETERMINISTIC
                        && each.get(ValueLayout.JAVA_LONG, MEMORY) <= WORKSPACE_BYTES) {
                    return Optional.of(new Plan(a, b, c, convolution, each.get(ValueLayout.JAVA_INT, ALGORITHM)));
                }
            }
            return Optional.empty();
        }
    }

    private MemorySegment images(int number, int channels) {
        MemorySegment tensor = created("cudnnCreateTensorDescriptor", out -> cudnnCreateTensorDescriptor(out));
        closings.push(() -> check("cudnnDestroyTensorDescriptor", cudnnDestroyTensorDescriptor(tensor)));
        check("cudnnSetTensor4dDescriptor", cudnnSetTensor4dDescriptor(tensor, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, number, channels, 1, 1));
        return tensor;
    }

    private MemorySegment filter(int outputs, int inputs) {
        MemorySegment filter = created("cudnnCreateFilterDescriptor", out -> cudnnCreateFilterDescriptor(out));
        closings.push(() -> check("cudnnDestroyFilterDescriptor", cudnnDestroyFilterDescriptor(filter)));
        check("cudnnSetFilter4dDescriptor", cudnnSetFilter4dDescriptor(filter, CUDNN_DATA_FLOAT, CUDNN_TENSOR_NCHW, outputs, inputs, 1, 1));
        return filter;
    }

    private static long offset(String member) {
        return cudnnConvolutionAlgoPerf_t.byteOffset(PathElement.groupElement(member));
    }

    /// Fills in a handle.
    private interface Create {
        int into(MemorySegment out);
    }

    private static MemorySegment created(String call, Create create) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment out = scratch.allocate(ValueLayout.ADDRESS);
            check(call, create.into(out));
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    private static void check(String call, int status) {
        if (status != CUDNN_STATUS_SUCCESS) {
            throw new VendorException("cuDNN, " + call + ": status " + status + ", "
                    + cudnnGetErrorString(status).reinterpret(Long.MAX_VALUE).getString(0));
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            device.makeCurrent();
            closings.forEach(Runnable::run);
            check("cudnnDestroy", cudnnDestroy(handle));
            device.free(workspace);
            arena.close();
        }
    }
}
