// What the quantised product (quantized_gemm.cuh) needs before it: weights in cores, activations in rows that are whole chunks.
//
// Both move bytes only: weights N·K·bits/8 read and written once when a layer is packed; activations M·K read and written where
// their rows are no multiple of 16 bytes, which the product would read M·K·⌈N/128⌉ times, so ⌈N/128⌉ ≥ 2 of them hide it.
#include "portable.cuh"

// Word `at` of the packed weights: byte i of it has in field f the code of k = block·64 + 16·(fields·core + f) + 4·(lane mod 4) + i.
extern "C" __global__ void __launch_bounds__(256) quantized_gemm_pack(const uint8_t *codes, uint32_t *packed, int32_t bits, int32_t outputs, int32_t inputs, int64_t words) {
    const int64_t at = blockIdx.x * static_cast<int64_t>(blockDim.x) + threadIdx.x;
    if (at >= words) {
        return;
    }
    const int fields = 8 / bits, lane = static_cast<int>(at % 32), unit = 16 * bits;
    const int core = static_cast<int>(at % unit) / 32;
    const int64_t blocks = (static_cast<int64_t>(inputs) + 63) / 64, row_bytes = (static_cast<int64_t>(inputs) * bits + 7) / 8;
    const int64_t n = at / unit / blocks * 8 + lane / 4, k0 = at / unit % blocks * 64 + 16 * fields * core + lane % 4 * 4;
    uint32_t word = 0;
    for (int i = 0; i < 4; i++) {
        for (int f = 0; f < fields; f++) {
            const int64_t k = k0 + 16 * f + i;
            if (n < outputs && k < inputs) {
                const uint32_t byte = codes[n * row_bytes + k / fields];
                word |= (byte >> bits * static_cast<int>(k % fields) & ((1u << bits) - 1u)) << (8 * i + bits * f);
            }
        }
    }
    packed[at] = word;
}
EXPORT_KERNEL(quantized_gemm_pack)

// Rows of `from` bytes, one after the other, to rows of `to` bytes, a multiple of 4, the rest zeros. One thread makes four bytes.
extern "C" __global__ void __launch_bounds__(256) quantized_gemm_pad_rows(const uint8_t *x, uint32_t *y, int64_t from, int64_t to, int64_t words) {
    const int64_t at = blockIdx.x * static_cast<int64_t>(blockDim.x) + threadIdx.x;
    if (at >= words) {
        return;
    }
    const int64_t row = at / (to / 4), byte = at % (to / 4) * 4;
    uint32_t word = 0;
    for (int i = 0; i < 4; i++) {
        word |= byte + i < from ? static_cast<uint32_t>(x[row * from + byte + i]) << 8 * i : 0u;
    }
    y[at] = word;
}
EXPORT_KERNEL(quantized_gemm_pad_rows)
