package org.ionforge.compute.cuda.vendor;

import static org.ionforge.bindings.cublas.cublasLt_h.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// cuBLASLt 12 or 13 through Panama. It takes matrices by columns: C by rows is Cᵀ by columns, so the operands change places.
final class CublasLt implements VendorLibrary {

    private static final int ALIGNMENT = 16;
    private static final long STATE = cublasLtMatmulHeuristicResult_t.byteOffset(PathElement.groupElement("state"));

    /// What the library needs for a product: its descriptors and the algorithm it has picked.
    private record Plan(MemorySegment operation, MemorySegment first, MemorySegment second, MemorySegment result, MemorySegment algorithm,
                        MemorySegment one, MemorySegment zero) {
    }

    private final VendorStream device;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment handle;
    private final long workspace;
    private final Map<MatrixProduct, Optional<Plan>> plans = new HashMap<>();
    /// Destroy what was created, the last first.
    private final Deque<Runnable> closings = new ArrayDeque<>();

    CublasLt(VendorStream device) {
        this.device = device;
        device.makeCurrent();
        handle = created("cublasLtCreate", out -> cublasLtCreate(out));
        workspace = device.allocate(WORKSPACE_BYTES);
    }

    @Override
    public String name() {
        return "cuBLASLt";
    }

    @Override
    public String version() {
        return installedVersion();
    }

    static String installedVersion() {
        return VendorLibrary.version(cublasLtGetVersion(), 10_000, 100);
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
                .orElseThrow(() -> new VendorException("cuBLASLt " + version() + " has no algorithm for " + product));
        MemorySegment result = MemorySegment.ofAddress(c);
        check("cublasLtMatmul of " + product, cublasLtMatmul(handle, plan.operation, plan.one, MemorySegment.ofAddress(b), plan.first,
                MemorySegment.ofAddress(a), plan.second, plan.zero, result, plan.result, result, plan.result, plan.algorithm,
                MemorySegment.ofAddress(workspace), WORKSPACE_BYTES, MemorySegment.ofAddress(device.streamAddress())));
    }

    private Optional<Plan> plan(MatrixProduct product) {
        boolean rows = product.form() == MatrixProduct.Form.ROWS_BY_ROWS;
        int operands = switch (product.type()) {
            case FP32, TF32 -> CUDA_R_32F;
            case BF16 -> CUDA_R_16BF;
            case INT8 -> CUDA_R_8I;
        };
        boolean whole = product.type() == MatrixProduct.Type.INT8;
        int results = whole ? CUDA_R_32I : CUDA_R_32F;
        int compute = whole ? CUBLAS_COMPUTE_32I : product.type() == MatrixProduct.Type.TF32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
        MemorySegment operation = created("cublasLtMatmulDescCreate", out -> cublasLtMatmulDescCreate(out, compute, results));
        closings.push(() -> check("cublasLtMatmulDescDestroy", cublasLtMatmulDescDestroy(operation)));
        transpose(operation, CUBLASLT_MATMUL_DESC_TRANSA, rows);
        transpose(operation, CUBLASLT_MATMUL_DESC_TRANSB, !rows);
        long m = product.m();
        long n = product.n();
        long k = product.k();
        MemorySegment first = layout(operands, rows ? k : n, rows ? n : k);
        MemorySegment second = layout(operands, rows ? k : m, rows ? m : k);
        MemorySegment result = layout(results, n, m);
        MemorySegment one = whole ? arena.allocateFrom(ValueLayout.JAVA_INT, 1) : arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1f);
        MemorySegment zero = arena.allocate(ValueLayout.JAVA_INT);
        return algorithm(operation, first, second, result).map(found -> new Plan(operation, first, second, result, found, one, zero));
    }

    private void transpose(MemorySegment operation, int attribute, boolean transposed) {
        try (Arena call = Arena.ofConfined()) {
            check("cublasLtMatmulDescSetAttribute", cublasLtMatmulDescSetAttribute(operation, attribute,
                    call.allocateFrom(ValueLayout.JAVA_INT, transposed ? CUBLAS_OP_T : CUBLAS_OP_N), Integer.BYTES));
        }
    }

    private MemorySegment layout(int type, long rows, long columns) {
        MemorySegment layout = created("cublasLtMatrixLayoutCreate", out -> cublasLtMatrixLayoutCreate(out, type, rows, columns, rows));
        closings.push(() -> check("cublasLtMatrixLayoutDestroy", cublasLtMatrixLayoutDestroy(layout)));
        return layout;
    }

    /// The algorithm that the library thinks fastest; nothing if it has none.
    private Optional<MemorySegment> algorithm(MemorySegment operation, MemorySegment first, MemorySegment second, MemorySegment result) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment preference = created("cublasLtMatmulPreferenceCreate", out -> cublasLtMatmulPreferenceCreate(out));
            check("cublasLtMatmulPreferenceSetAttribute", cublasLtMatmulPreferenceSetAttribute(preference,
                    CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, call.allocateFrom(ValueLayout.JAVA_LONG, WORKSPACE_BYTES), Long.BYTES));
            for (int attribute : new int[] {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
                    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
                check("cublasLtMatmulPreferenceSetAttribute", cublasLtMatmulPreferenceSetAttribute(preference, attribute,
                        call.allocateFrom(ValueLayout.JAVA_INT, ALIGNMENT), Integer.BYTES));
            }
            MemorySegment heuristic = arena.allocate(cublasLtMatmulHeuristicResult_t);
            MemorySegment found = call.allocate(ValueLayout.JAVA_INT);
            int status = cublasLtMatmulAlgoGetHeuristic(handle, operation, first, second, result, result, preference, 1, heuristic, found);
            check("cublasLtMatmulPreferenceDestroy", cublasLtMatmulPreferenceDestroy(preference));
            return status == CUBLAS_STATUS_SUCCESS && found.get(ValueLayout.JAVA_INT, 0) > 0
                    && heuristic.get(ValueLayout.JAVA_INT, STATE) == CUBLAS_STATUS_SUCCESS ? Optional.of(heuristic) : Optional.empty();
        }
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
        if (status != CUBLAS_STATUS_SUCCESS) {
            throw new VendorException(call + ": status " + status + ", " + cublasLtGetStatusString(status).reinterpret(Long.MAX_VALUE).getString(0));
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            device.makeCurrent();
            closings.forEach(Runnable::run);
            check("cublasLtDestroy", cublasLtDestroy(handle));
            device.free(workspace);
            arena.close();
        }
    }
}
