// Keys by which spots are grouped (org.ionforge.compute.SpotKeys), a thread a spot.
//
//   spot_bucket_u32       bucket = time / 10800                                                        8 bytes
//   spot_signature_u64    band, hour, squares and solar class in one number, or all ones              26 bytes
//
// A dozen and about 40 integer operations: bound by memory.
#include "portable.cuh"

extern "C" __global__ void __launch_bounds__(256) spot_bucket_u32(const uint32_t *time, uint32_t *bucket, int64_t n) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        bucket[i] = time[i] / 10800u;
    }
}
EXPORT_KERNEL(spot_bucket_u32)

// An edge of the solar classes that is not used is NaN, which no flux reaches.
extern "C" __global__ void __launch_bounds__(256) spot_signature_u64(const uint16_t *band, const uint32_t *time, const uint16_t *tx_square, const uint16_t *rx_square, const float *sfi, const float *distance, int32_t first_band, int32_t last_band, float least_km, float edge1, float edge2, float edge3, float edge4, float edge5, float edge6, uint64_t *keys, int64_t n) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const int number = band[i];
    const uint32_t tx = tx_square[i], rx = rx_square[i], hour = time[i] / 3600u % 24u;
    const float flux = sfi[i];
    const uint32_t solar = (flux == flux) + (flux >= edge1) + (flux >= edge2) + (flux >= edge3) + (flux >= edge4) + (flux >= edge5) + (flux >= edge6);
    const bool counts = number >= first_band && number <= last_band && distance[i] >= least_km && tx < 32400u && rx < 32400u;
    const uint32_t low = tx << 18 | rx << 3 | solar, high = static_cast<uint32_t>(number) << 6 | hour << 1 | tx >> 14;
    keys[i] = counts ? static_cast<uint64_t>(high) << 32 | low : ~static_cast<uint64_t>(0);
}
EXPORT_KERNEL(spot_signature_u64)
