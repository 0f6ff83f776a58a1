// cuBLASLt 13 and cuBLAS 12 for machines without a GPU: the functions that the engine calls, on the driver over the emulator. They do what
// cublasLt.h says of its arguments (matrices by columns), and refuse what the real ones refuse.
#include "vendor.h"

namespace {

enum { SUCCESS = 0, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };
enum { R_32F = 0, R_8I = 3, R_32I = 10, R_16BF = 14, COMPUTE_32F = 68, COMPUTE_32I = 72, COMPUTE_32F_FAST_TF32 = 77 };
constexpr uint64_t ALGORITHM = 0x666f726765;
constexpr size_t WORKSPACE = 1 << 20;

struct Handle {
    void *stream = nullptr;
};
struct Operation {
    int compute, scale;
    int32_t transposed[2] = {0, 0};
};
struct Layout {
    int type;
    uint64_t rows, columns;
    int64_t stride;
};
struct Preference {
    uint64_t workspace = 0;
    uint32_t alignment[4] = {256, 256, 256, 256};
};
struct Algorithm {
    uint64_t data[8];
};
struct Heuristic {
    Algorithm algorithm;
    size_t workspace;
    int state;
    float waves;
    int reserved[4];
};

// Types that go together: operands, results, and how it is computed.
bool fit(int compute, int scale, int operands, int results) {
    if (operands == R_8I) {
        return compute == COMPUTE_32I && scale == R_32I && results == R_32I;
    }
    return (operands == R_32F || operands == R_16BF) && scale == R_32F && results == R_32F &&
           (compute == COMPUTE_32F || (compute == COMPUTE_32F_FAST_TF32 && operands == R_32F));
}

// By columns: element (row, column) of a matrix lies at row + column·stride.
Product product_of(bool first_transposed, bool second_transposed, int type, const void *first, int64_t first_stride, const void *second,
                   int64_t second_stride, void *result, int64_t result_stride, int64_t m, int64_t n, int64_t k) {
    return {static_cast<Element>(type), first, second, result, m, n, k, first_transposed ? first_stride : 1, first_transposed ? 1 : first_stride,
            second_transposed ? second_stride : 1, second_transposed ? 1 : second_stride, 1, result_stride};
}

// Four-byte dot products: operands along the depth, in multiples of four.
bool integers_fit(int type, bool first_transposed, bool second_transposed, int64_t m, int64_t k) {
    return type != R_8I || (first_transposed && !second_transposed && m % 4 == 0 && k % 4 == 0);
}

bool same_shape(const Operation &operation, const Layout &first, const Layout &second, const Layout &result, int64_t &k) {
    const uint64_t m = operation.transposed[0] ? first.columns : first.rows;
    const uint64_t depth = operation.transposed[0] ? first.rows : first.columns;
    const uint64_t n = operation.transposed[1] ? second.rows : second.columns;
    k = static_cast<int64_t>(depth);
    return (operation.transposed[1] ? second.columns : second.rows) == depth && result.rows == m && result.columns == n &&
           first.stride >= static_cast<int64_t>(first.rows) && second.stride >= static_cast<int64_t>(second.rows) &&
           result.stride >= static_cast<int64_t>(result.rows) && first.type == second.type &&
           fit(operation.compute, operation.scale, first.type, result.type);
}

}  // namespace

VENDOR size_t cublasLtGetVersion() { return 130101; }
VENDOR const char *cublasLtGetStatusString(int) { return "said by the stand-in for cuBLASLt"; }
VENDOR int cublasLtCreate(Handle **handle) { return create(handle); }
VENDOR int cublasLtDestroy(Handle *handle) { return destroy(handle), expect_none_open("cuBLASLt"), SUCCESS; }
VENDOR int cublasLtMatmulDescCreate(Operation **operation, int compute, int scale) {
    create(operation);
    return (*operation)->compute = compute, (*operation)->scale = scale, SUCCESS;
}
VENDOR int cublasLtMatmulDescDestroy(Operation *operation) { return destroy(operation); }
VENDOR int cublasLtMatmulDescSetAttribute(Operation *operation, int attribute, const void *value, size_t bytes) {
    if (attribute < 3 || attribute > 4 || bytes != sizeof(int32_t)) {
        return INVALID_VALUE;
    }
    return std::memcpy(&operation->transposed[attribute - 3], value, bytes), SUCCESS;
}
VENDOR int cublasLtMatrixLayoutCreate(Layout **layout, int type, uint64_t rows, uint64_t columns, int64_t stride) {
    create(layout);
    return **layout = {type, rows, columns, stride}, SUCCESS;
}
VENDOR int cublasLtMatrixLayoutDestroy(Layout *layout) { return destroy(layout); }
VENDOR int cublasLtMatmulPreferenceCreate(Preference **preference) { return create(preference); }
VENDOR int cublasLtMatmulPreferenceDestroy(Preference *preference) { return destroy(preference); }
VENDOR int cublasLtMatmulPreferenceSetAttribute(Preference *preference, int attribute, const void *value, size_t bytes) {
    if (attribute == 1 && bytes == sizeof(uint64_t)) {
        return std::memcpy(&preference->workspace, value, bytes), SUCCESS;
    }
    if (attribute >= 5 && attribute <= 8 && bytes == sizeof(uint32_t)) {
        return std::memcpy(&preference->alignment[attribute - 5], value, bytes), SUCCESS;
    }
    return INVALID_VALUE;
}
VENDOR int cublasLtMatmulAlgoGetHeuristic(Handle *, Operation *operation, Layout *first, Layout *second, Layout *c, Layout *d,
                                          Preference *preference, int asked, Heuristic *results, int *found) {
    int64_t k;
    *found = 0;
    if (asked < 1 || c != d || !same_shape(*operation, *first, *second, *d, k)) {
        return INVALID_VALUE;
    }
    for (const uint32_t alignment : preference->alignment) {
        if (alignment != 16 || preference->workspace < WORKSPACE) {
            return NOT_SUPPORTED;
        }
    }
    if (!integers_fit(first->type, operation->transposed[0], operation->transposed[1], static_cast<int64_t>(d->rows), k)) {
        return NOT_SUPPORTED;
    }
    *results = {{{ALGORITHM}}, WORKSPACE, SUCCESS, 1.0f, {}};
    return *found = 1, SUCCESS;
}
VENDOR int cublasLtMatmul(Handle *, Operation *operation, const void *alpha, const void *a, Layout *first, const void *b, Layout *second,
                          const void *beta, const void *c, Layout *c_layout, void *d, Layout *result, const Algorithm *algorithm, void *workspace,
                          size_t workspace_bytes, void *stream) {
    int64_t k;
    int32_t zero;
    std::memcpy(&zero, beta, sizeof zero);
    const bool whole = first->type == R_8I;
    if (algorithm->data[0] != ALGORITHM || workspace == nullptr || workspace_bytes < WORKSPACE || c != d || c_layout != result || zero != 0 ||
        (whole ? *static_cast<const int32_t *>(alpha) != 1 : *static_cast<const float *>(alpha) != 1.0f) || !aligned(a) || !aligned(b) ||
        !aligned(d) || !same_shape(*operation, *first, *second, *result, k)) {
        return INVALID_VALUE;
    }
    return launch(stream, product_of(operation->transposed[0], operation->transposed[1], first->type, a, first->stride, b, second->stride, d,
                                     result->stride, static_cast<int64_t>(result->rows), static_cast<int64_t>(result->columns), k));
}

VENDOR int cublasCreate_v2(Handle **handle) { return create(handle); }
VENDOR int cublasDestroy_v2(Handle *handle) { return destroy(handle), expect_none_open("cuBLAS"), SUCCESS; }
VENDOR int cublasSetStream_v2(Handle *handle, void *stream) { return handle->stream = stream, SUCCESS; }
VENDOR int cublasGetVersion_v2(Handle *, int *version) { return *version = 120603, SUCCESS; }
VENDOR const char *cublasGetStatusString(int) { return "said by the stand-in for cuBLAS"; }
VENDOR int cublasGemmEx(Handle *handle, int first_transposed, int second_transposed, int m, int n, int k, const void *alpha, const void *a, int a_type,
                        int a_stride, const void *b, int b_type, int b_stride, const void *beta, void *c, int c_type, int c_stride, int compute,
                        int algorithm) {
    int32_t zero;
    std::memcpy(&zero, beta, sizeof zero);
    const bool whole = a_type == R_8I;
    if (zero != 0 || (whole ? *static_cast<const int32_t *>(alpha) != 1 : *static_cast<const float *>(alpha) != 1.0f) || a_type != b_type ||
        !fit(compute, whole ? R_32I : R_32F, a_type, c_type) || a_stride < (first_transposed ? k : m) || b_stride < (second_transposed ? n : k) ||
        c_stride < m || algorithm != -1) {
        return INVALID_VALUE;
    }
    if (!integers_fit(a_type, first_transposed, second_transposed, m, k)) {
        return NOT_SUPPORTED;
    }
    return launch(handle->stream, product_of(first_transposed, second_transposed, a_type, a, a_stride, b, b_stride, c, c_stride, m, n, k));
}
