// A linear layer with fake-quantised weights and the LIF neurons behind it, forward (org.ionforge.compute.SpikingLinear):
//
//   spiking_linear_codes     q = code of W at the channel's scale as float or byte, or s·q: once a call
//   spiking_linear_currents  I = s·(X·qᵀ) + b for every row of X
//   spiking_linear_forward   the same and the neurons, all steps in one launch: the membrane of a tile of samples × neurons stays
//                            in registers, a step leaves ⅛ byte of spikes a neuron. A constant input is multiplied once
//
// 2·K operations an element of I, on 4·(K/128 + K/64) bytes that come from L2 at worst: bound by FP32 arithmetic from K = 50 on,
// below it, and with a constant input, by the writing of spikes. X is floats, BF16 or bits. Spikes times codes are integers: those
// products are quantized_gemm*.cu's, on the tensor cores, and equal to the bit to what stands here.
#include "dense_tile.cuh"
#include "fake_quantise.cuh"
#include "lif_step.cuh"

constexpr int THREADS = TILE_THREADS;
constexpr int SHARED_LEAK = 1, SHARED_THRESHOLD = 2;  // bits of `shared`: one for the layer

// out[n, k] = q, or s·q if `dequantise`.
extern "C" __global__ void __launch_bounds__(THREADS) spiking_linear_codes_f32(const float *weights, const float *scale, int32_t lowest, int32_t highest, int32_t dequantise, float *out, int32_t rows, int32_t columns) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (at < static_cast<int64_t>(rows) * columns) {
        const FakeQuantiser quantiser = fake_quantiser(scale[at / columns], lowest, highest);
        const float code = fake_quantise_code(quantiser, weights[at]);
        out[at] = dequantise ? code * quantiser.scale : code;
    }
}
EXPORT_KERNEL(spiking_linear_codes_f32)

// The same as bytes.
extern "C" __global__ void __launch_bounds__(THREADS) spiking_linear_codes_s8(const float *weights, const float *scale, int32_t lowest, int32_t highest, int8_t *codes, int32_t rows, int32_t columns) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (at < static_cast<int64_t>(rows) * columns) {
        codes[at] = static_cast<int8_t>(fake_quantise_code(fake_quantiser(scale[at / columns], lowest, highest), weights[at]));
    }
}
EXPORT_KERNEL(spiking_linear_codes_s8)

// Least and greatest of n floats; a NaN makes both NaN. Block b leaves the two of its share, which is not empty, in partial[2b] and
// the next; one block makes them of what the others left.
extern "C" __global__ void __launch_bounds__(THREADS) spiking_linear_range_f32(const float *values, int64_t n, float *partial) {
    SHARED_ARRAY(float, warps, 2 * TILE_WARPS);
    float least = INFINITY, most = -INFINITY;
    const auto take = [&](float low, float high) {
        least = least != least || least < low ? least : low;
        most = most != most || most > high ? most : high;
    };
    for (int64_t i = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x; i < n; i += static_cast<int64_t>(gridDim.x) * THREADS) {
        take(values[i], values[i]);
    }
#pragma unroll
    for (int distance = 16; distance > 0; distance /= 2) {
        take(warp_shuffle_xor(least, distance), warp_shuffle_xor(most, distance));
    }
    if (threadIdx.x % 32 == 0) {
        warps[threadIdx.x / 32] = least;
        warps[TILE_WARPS + threadIdx.x / 32] = most;
    }
    block_sync();
    if (threadIdx.x == 0) {
        for (int w = 1; w < TILE_WARPS; w++) {
            take(warps[w], warps[TILE_WARPS + w]);
        }
        partial[2 * blockIdx.x] = least;
        partial[2 * blockIdx.x + 1] = most;
    }
}
EXPORT_KERNEL(spiking_linear_range_f32)

// Scale and bias of a column, as the contract rounds them.
struct Epilogue {
    const float *scale, *bias;

    __device__ float current(float sum, int64_t n) const {
        const float scaled = scale == nullptr ? sum : sum * scale[n];
        return bias == nullptr ? scaled : scaled + bias[n];
    }
};

template <int R, int C>
static __device__ __forceinline__ void currents_tile(const Matrix &x, const Matrix &codes, const Epilogue &epilogue, float *currents,
                                                     int64_t row_stride, float *shared_a, float *shared_b) {
    using Tile = DenseTile<R, C>;
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * Tile::ROWS, j0 = static_cast<int64_t>(blockIdx.y) * Tile::COLUMNS;
    Tile tile;
    tile.multiply(Operand<false>{x, false}, Operand<false>{codes, false}, i0, j0, 0, x.inner, shared_a, shared_b);
    const int64_t row = i0 + Tile::row(), column = j0 + Tile::column();
#pragma unroll
    for (int i = 0; i < R; i++) {
#pragma unroll
        for (int j = 0; j < C; j++) {
            if (row + i < x.outer && column + 32 * j < codes.outer) {
                currents[(row + i) * row_stride + column + 32 * j] = epilogue.current(tile.sum[i][j], column + 32 * j);
            }
        }
    }
}

// currents [rows, ≥ neurons] with row_stride floats to a row. `large` tiles: 64 × 128, else 32 × 64.
extern "C" __global__ void __launch_bounds__(THREADS) spiking_linear_currents_f32(const void *x, int32_t kind, int64_t stride, const float *codes, const float *scale, const float *bias, float *currents, int64_t row_stride, int64_t rows, int32_t inputs, int32_t neurons, int32_t large) {
    SHARED_ARRAY(float, shared_a, (DenseTile<8, 4>::SHARED_A));
    SHARED_ARRAY(float, shared_b, (DenseTile<8, 4>::SHARED_B));
    const Matrix in{x, kind, stride, rows, inputs};
    const Matrix q{codes, MATRIX_F32, inputs, neurons, inputs};
    if (large) {
        currents_tile<8, 4>(in, q, {scale, bias}, currents, row_stride, shared_a, shared_b);
    } else {
        currents_tile<4, 2>(in, q, {scale, bias}, currents, row_stride, shared_a, shared_b);
    }
}
EXPORT_KERNEL(spiking_linear_currents_f32)

// The neurons of a tile: lane's columns, and state for each of its samples.
template <int R, int C> struct TileNeurons {
    LifNeuron neuron[C];
    float v[R][C];
    uint32_t fired;  // bit i·C + j: in the step before

    __device__ __forceinline__ void begin(const LifDialect &d, const float *leak, const float *threshold, int shared, int64_t column,
                                          int32_t neurons) {
        fired = 0;
#pragma unroll
        for (int j = 0; j < C; j++) {
            const int64_t n = column + 32 * j < neurons ? column + 32 * j : 0;
            neuron[j] = {leak[shared & SHARED_LEAK ? 0 : n], threshold[shared & SHARED_THRESHOLD ? 0 : n]};
#pragma unroll
            for (int i = 0; i < R; i++) {
                v[i][j] = d.initial;
            }
        }
    }

    // One step of all from the currents; the warp's words [row i, word j] go to its lanes, lane i·C + j.
    __device__ __forceinline__ uint32_t step(const LifDialect &d, const float (&current)[R][C], int64_t column, int32_t neurons) {
        uint32_t own = 0;
#pragma unroll
        for (int i = 0; i < R; i++) {
#pragma unroll
            for (int j = 0; j < C; j++) {
                const int bit = i * C + j;
                LifState state{v[i][j], 0.0f, (fired >> bit & 1u) != 0};
                float seen;
                lif_step<true>(d, neuron[j], current[i][j], state, seen);
                v[i][j] = state.v;
                fired = state.fired ? fired | 1u << bit : fired & ~(1u << bit);
                const uint32_t word = warp_ballot(state.fired && column + 32 * j < neurons);
                own = static_cast<int>(threadIdx.x % 32) == bit ? word : own;
            }
        }
        return own;
    }
};

template <int R, int C>
static __device__ __forceinline__ void forward_tile(Matrix x, bool constant, const Matrix &codes, const Epilogue &epilogue,
                                                    const float *current_scale, int32_t lowest, int32_t highest, const LifDialect &d,
                                                    const float *leak, const float *threshold, int32_t shared, uint32_t *spikes,
                                                    int64_t words, int32_t steps, int32_t batch, int32_t neurons, float *shared_a,
                                                    float *shared_b) {
    using Tile = DenseTile<R, C>;
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * Tile::ROWS, j0 = static_cast<int64_t>(blockIdx.y) * Tile::COLUMNS;
    const int64_t row = i0 + Tile::row(), column = j0 + Tile::column();
    const FakeQuantiser quantiser = fake_quantiser(current_scale == nullptr ? 1.0f : *current_scale, lowest, highest);
    const int lane = static_cast<int>(threadIdx.x % 32);
    const int64_t own_row = row + lane / C, own_word = j0 / 32 + lane % C;
    const bool writes = lane < R * C && own_row < batch && own_word * 32 < neurons;
    const int64_t step_stride = x.kind == MATRIX_F32 ? 4 : x.kind == MATRIX_BF16 ? 2 : 4;
    TileNeurons<R, C> cells;
    cells.begin(d, leak, threshold, shared, column, neurons);
    Tile tile;
    for (int t = 0; t < steps; t++) {
        if (t == 0 || !constant) {
            tile.multiply(Operand<false>{x, false}, Operand<false>{codes, false}, i0, j0, 0, x.inner, shared_a, shared_b);
            x.values = static_cast<const uint8_t *>(x.values) + step_stride * batch * x.stride;
#pragma unroll
            for (int i = 0; i < R; i++) {
#pragma unroll
                for (int j = 0; j < C; j++) {
                    const float current = epilogue.current(tile.sum[i][j], column + 32 * j < neurons ? column + 32 * j : 0);
                    tile.sum[i][j] = current_scale == nullptr ? current : fake_quantise(quantiser, current);
                }
            }
        }
        const uint32_t word = cells.step(d, tile.sum, column, neurons);
        if (writes) {
            spikes[(static_cast<int64_t>(t) * batch + own_row) * words + own_word] = word;
        }
    }
}

// spikes [steps, batch, words]. Common dialects only (lif_step.cuh); x as in spiking_linear_currents, [batch, inputs] if constant.
extern "C" __global__ void __launch_bounds__(THREADS) spiking_linear_forward_f32(const void *x, int32_t kind, int64_t stride, int32_t constant, const float *codes, const float *scale, const float *bias, const float *current_scale, int32_t lowest, int32_t highest, const float *leak, const float *threshold, int32_t shared, int32_t code, float initial, float reset_value, uint32_t *spikes, int64_t words, int32_t steps, int32_t batch, int32_t inputs, int32_t neurons, int32_t large) {
    SHARED_ARRAY(float, shared_a, (DenseTile<8, 4>::SHARED_A));
    SHARED_ARRAY(float, shared_b, (DenseTile<8, 4>::SHARED_B));
    const Matrix in{x, kind, stride, batch, inputs};
    const Matrix q{codes, MATRIX_F32, inputs, neurons, inputs};
    const LifDialect d{code, 0.0f, 1.0f, 0.0f, initial, reset_value};
    if (large) {
        forward_tile<8, 4>(in, constant != 0, q, {scale, bias}, current_scale, lowest, highest, d, leak, threshold, shared, spikes, words, steps, batch, neurons, shared_a, shared_b);
    } else {
        forward_tile<4, 2>(in, constant != 0, q, {scale, bias}, current_scale, lowest, highest, d, leak, threshold, shared, spikes, words, steps, batch, neurons, shared_a, shared_b);
    }
}
EXPORT_KERNEL(spiking_linear_forward_f32)
