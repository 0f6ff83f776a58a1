// The products of a spiking linear layer's backward pass (org.ionforge.compute.SpikingLinear); the neurons' part is lif.cu.
//
//   spiking_linear_input_gradient   dX (+)= G·V, V = s·q          G [rows, M], V [M, columns]: into the layer, and through the next
//   spiking_linear_weight_gradient  dW = Gᵀ·X and db = Gᵀ·1 by slices of rows; the column behind X's last is 1, for the bias
//   spiking_linear_add_slices       their sums in order, dW masked where the weight's code was clamped
//
// Each product costs 2·rows·N·K operations: bound by FP32 arithmetic at all but the smallest widths. Slices are cut by the shape
// alone: the same bits every time.
#include "dense_tile.cuh"
#include "fake_quantise.cuh"

constexpr int THREADS = TILE_THREADS;
constexpr int R = 8, C = 4;
using Tile = DenseTile<R, C>;

// out [rows, columns] with out_stride, gradient [rows, depth] with stride, values [depth, ≥ columns] with values_stride.
extern "C" __global__ void __launch_bounds__(THREADS) spiking_linear_input_gradient_f32(const float *gradient, int64_t stride, const float *values, int64_t values_stride, float *out, int64_t out_stride, int32_t add, int64_t rows, int32_t depth, int32_t columns) {
    SHARED_ARRAY(float, shared_a, Tile::SHARED_A);
    SHARED_ARRAY(float, shared_b, Tile::SHARED_B);
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * Tile::ROWS, j0 = static_cast<int64_t>(blockIdx.y) * Tile::COLUMNS;
    const Operand<false> g{{gradient, MATRIX_F32, stride, rows, depth}, false};
    const Operand<true> v{{values, MATRIX_F32, values_stride, depth, columns}, false};
    Tile tile;
    tile.multiply(g, v, i0, j0, 0, depth, shared_a, shared_b);
    const int64_t row = i0 + Tile::row(), column = j0 + Tile::column();
#pragma unroll
    for (int i = 0; i < R; i++) {
#pragma unroll
        for (int j = 0; j < C; j++) {
            if (row + i < rows && column + 32 * j < columns) {
                const int64_t at = (row + i) * out_stride + column + 32 * j;
                out[at] = add ? out[at] + tile.sum[i][j] : tile.sum[i][j];
            }
        }
    }
}
EXPORT_KERNEL(spiking_linear_input_gradient_f32)

// partial [slices, neurons, inputs + 1]: slice z sums the rows from z·slice_rows on.
extern "C" __global__ void __launch_bounds__(THREADS) spiking_linear_weight_gradient_f32(const float *gradient, int64_t gradient_stride, const void *x, int32_t kind, int64_t stride, float *partial, int64_t rows, int32_t inputs, int32_t neurons, int64_t slice_rows) {
    SHARED_ARRAY(float, shared_a, Tile::SHARED_A);
    SHARED_ARRAY(float, shared_b, Tile::SHARED_B);
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * Tile::ROWS, j0 = static_cast<int64_t>(blockIdx.y) * Tile::COLUMNS;
    const int64_t first = blockIdx.z * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    const Operand<true> g{{gradient, MATRIX_F32, gradient_stride, last, neurons}, false};
    const Operand<true> in{{x, kind, stride, last, inputs}, true};
    Tile tile;
    tile.multiply(g, in, i0, j0, first, last, shared_a, shared_b);
    const int64_t row = i0 + Tile::row(), column = j0 + Tile::column();
    float *to = partial + static_cast<int64_t>(blockIdx.z) * neurons * (inputs + 1);
#pragma unroll
    for (int i = 0; i < R; i++) {
#pragma unroll
        for (int j = 0; j < C; j++) {
            if (row + i < neurons && column + 32 * j <= inputs) {
                to[(row + i) * (inputs + 1) + column + 32 * j] = tile.sum[i][j];
            }
        }
    }
}
EXPORT_KERNEL(spiking_linear_weight_gradient_f32)

// by_weights [neurons, inputs] and by_bias [neurons], either null; scale null: nothing is masked.
extern "C" __global__ void __launch_bounds__(THREADS) spiking_linear_add_slices_f32(const float *partial, int32_t slices, const float *weights, const float *scale, int32_t lowest, int32_t highest, float *by_weights, float *by_bias, int32_t inputs, int32_t neurons) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    const int64_t size = static_cast<int64_t>(neurons) * (inputs + 1);
    if (at >= size) {
        return;
    }
    float sum = partial[at];
    for (int z = 1; z < slices; z++) {
        sum += partial[z * size + at];
    }
    const int64_t n = at / (inputs + 1), k = at % (inputs + 1);
    if (k == inputs) {
        if (by_bias != nullptr) {
            by_bias[n] = sum;
        }
    } else if (by_weights != nullptr) {
        const bool passes = scale == nullptr || fake_quantise_passes(fake_quantiser(scale[n], lowest, highest), weights[n * inputs + k]);
        by_weights[n * inputs + k] = passes ? sum : 0.0f;
    }
}
EXPORT_KERNEL(spiking_linear_add_slices_f32)
