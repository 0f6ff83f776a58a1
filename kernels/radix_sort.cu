// Sorting of pairs by whole-number keys (org.ionforge.compute.RadixSort): stable passes over 8 bits, lowest first.
//
//   radix_histogram   counts [256, blocks]: how many keys of each tile have each digit
//   scan_chunk, scan_add   counts to offsets: exclusive sums in chunks, of the chunks' totals, and so on; then back
//   radix_scatter     each tile sorted by its digit in shared memory, then to its places
//
// A pass reads the keys twice and the payload once and writes both: 32 bytes a pair of 64-bit keys, 20 of 32-bit ones, and 4
// bytes · 256 / 2048 three times for the counts. Bound by memory; within a tile the scatter writes runs of neighbouring addresses,
// 8 pairs long on average, so that most of a 32-byte sector is used.
//
// The order within a tile comes from ballots, a warp's 32 pairs at a time, so that equal digits keep their order without atomics.
#include "portable.cuh"

constexpr int TILE = 2048, THREADS = 256, WARPS = THREADS / 32, DIGITS = 256, STEPS = TILE / THREADS;

template <typename K>
static __device__ __forceinline__ int digit(K key, int32_t shift, int32_t mask) { return static_cast<int>(key >> shift) & mask; }

template <typename K>
static __device__ __forceinline__ void histogram(uint32_t *bins, const K *keys, int64_t n, int32_t shift, int32_t mask, uint32_t *counts) {
    const int t = static_cast<int>(threadIdx.x);
    bins[t] = 0;
    block_sync();
    for (int step = 0; step < STEPS; step++) {
        const int64_t i = static_cast<int64_t>(blockIdx.x) * TILE + step * THREADS + t;
        if (i < n) {
            atomic_add(bins + digit(keys[i], shift, mask), 1u);
        }
    }
    block_sync();
    counts[static_cast<int64_t>(t) * gridDim.x + blockIdx.x] = bins[t];
}
#define RADIX_HISTOGRAM(name, K)                                                                                                            \
    extern "C" __global__ void __launch_bounds__(THREADS) name(const K *keys, int64_t n, int32_t shift, int32_t mask, uint32_t *counts) {   \
        SHARED_ARRAY(uint32_t, bins, DIGITS);                                                                                                \
        histogram<K>(bins, keys, n, shift, mask, counts);                                                                                    \
    }                                                                                                                                        \
    EXPORT_KERNEL(name)
RADIX_HISTOGRAM(radix_histogram_u32, uint32_t)
RADIX_HISTOGRAM(radix_histogram_u64, uint64_t)

// The sum of the values of all threads before this one; *total of all. `warps` has a place for each warp.
static __device__ __forceinline__ uint32_t sum_before(uint32_t value, uint32_t *warps, uint32_t *total) {
    const int t = static_cast<int>(threadIdx.x), lane = t % 32;
    uint32_t sum = value;
#pragma unroll
    for (int d = 1; d < 32; d *= 2) {
        const uint32_t left = warp_shuffle_up(sum, d);
        sum += lane >= d ? left : 0;
    }
    if (lane == 31) {
        warps[t / 32] = sum;
    }
    block_sync();
    uint32_t before = 0;
    *total = 0;
    for (int warp = 0; warp < WARPS; warp++) {
        before += warp < t / 32 ? warps[warp] : 0;
        *total += warps[warp];
    }
    block_sync();
    return before + sum - value;
}

// Exclusive sums within chunks of 2048, in place; totals [chunks]. A thread has 8 neighbouring values.
extern "C" __global__ void __launch_bounds__(THREADS) scan_chunk_u32(uint32_t *values, int64_t n, uint32_t *totals) {
    SHARED_ARRAY(uint32_t, warps, WARPS);
    const int64_t first = static_cast<int64_t>(blockIdx.x) * TILE + threadIdx.x * STEPS;
    uint32_t mine[STEPS], sum = 0, total;
#pragma unroll
    for (int k = 0; k < STEPS; k++) {
        mine[k] = first + k < n ? values[first + k] : 0;
        sum += mine[k];
    }
    uint32_t before = sum_before(sum, warps, &total);
#pragma unroll
    for (int k = 0; k < STEPS; k++) {
        if (first + k < n) {
            values[first + k] = before;
        }
        before += mine[k];
    }
    if (threadIdx.x == 0) {
        totals[blockIdx.x] = total;
    }
}
EXPORT_KERNEL(scan_chunk_u32)

// Adds to each chunk of 2048 the sum of the chunks before it.
extern "C" __global__ void __launch_bounds__(THREADS) scan_add_u32(uint32_t *values, int64_t n, const uint32_t *before) {
    const uint32_t add = before[blockIdx.x];
    for (int step = 0; step < STEPS; step++) {
        const int64_t i = static_cast<int64_t>(blockIdx.x) * TILE + step * THREADS + threadIdx.x;
        if (i < n) {
            values[i] += add;
        }
    }
}
EXPORT_KERNEL(scan_add_u32)

// What a tile needs in shared memory.
template <typename K>
struct Tile {
    uint32_t *counts;   // [WARPS, DIGITS]: of a warp's pairs before, then of all warps before
    uint32_t *starts;   // [DIGITS]: where a digit begins in the tile
    uint32_t *targets;  // [DIGITS]: where it goes
    uint32_t *warps;
    K *keys;            // [TILE]
    uint32_t *payload;  // [TILE]
};

// For each of the thread's pairs, which are 32 apart within the 256 of its warp: how many of the warp's pairs with the same digit come before.
template <typename K>
static __device__ __forceinline__ void rank_in_warp(const Tile<K> &tile, const K *mine, const bool *valid, int32_t shift, int32_t mask, uint32_t *ranks) {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    uint32_t *counts = tile.counts + threadIdx.x / 32 * DIGITS;
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        const int d = digit(mine[step], shift, mask);
        unsigned peers = warp_ballot(valid[step]);
#pragma unroll
        for (int bit = 0; bit < 8; bit++) {
            const bool set = d >> bit & 1;
            const unsigned with = warp_ballot(set);
            peers &= set ? with : ~with;
        }
        const uint32_t before = counts[d];
        warp_sync();
        if (valid[step] && __ffs(static_cast<int>(peers)) - 1 == lane) {
            counts[d] = before + __popc(peers);
        }
        warp_sync();
        ranks[step] = before + __popc(peers & ((1u << lane) - 1u));
    }
}

template <typename K>
static __device__ __forceinline__ void scatter(const Tile<K> &tile, const K *keys, const uint32_t *payload, int64_t n, int32_t shift, int32_t mask, const uint32_t *offsets, K *to_keys, uint32_t *to_payload) {
    const int t = static_cast<int>(threadIdx.x), warp = t / 32;
    const int64_t first = static_cast<int64_t>(blockIdx.x) * TILE;
    for (int w = 0; w < WARPS; w++) {
        tile.counts[w * DIGITS + t] = 0;
    }
    tile.targets[t] = offsets[static_cast<int64_t>(t) * gridDim.x + blockIdx.x];
    block_sync();

    K mine[STEPS];
    bool valid[STEPS];
    uint32_t ranks[STEPS];
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        const int64_t i = first + warp * (32 * STEPS) + step * 32 + t % 32;
        valid[step] = i < n;
        mine[step] = valid[step] ? keys[i] : 0;
    }
    rank_in_warp<K>(tile, mine, valid, shift, mask, ranks);
    block_sync();

    uint32_t sum = 0, total;
    for (int w = 0; w < WARPS; w++) {
        const uint32_t count = tile.counts[w * DIGITS + t];
        tile.counts[w * DIGITS + t] = sum;
        sum += count;
    }
    tile.starts[t] = sum_before(sum, tile.warps, &total);
    block_sync();

#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        if (valid[step]) {
            const int d = digit(mine[step], shift, mask);
            const uint32_t place = tile.starts[d] + tile.counts[warp * DIGITS + d] + ranks[step];
            tile.keys[place] = mine[step];
            tile.payload[place] = payload[first + warp * (32 * STEPS) + step * 32 + t % 32];
        }
    }
    block_sync();
    for (uint32_t place = t; place < total; place += THREADS) {
        const K key = tile.keys[place];
        const int d = digit(key, shift, mask);
        const int64_t to = static_cast<int64_t>(tile.targets[d]) + (place - tile.starts[d]);
        to_keys[to] = key;
        to_payload[to] = tile.payload[place];
    }
}
#define RADIX_SCATTER(name, K)                                                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS) name(const K *keys, const uint32_t *payload, int64_t n, int32_t shift, int32_t mask, const uint32_t *offsets, K *to_keys, uint32_t *to_payload) { \
        SHARED_ARRAY(uint32_t, counts, WARPS * DIGITS);                                                                                      \
        SHARED_ARRAY(uint32_t, starts, DIGITS);                                                                                              \
        SHARED_ARRAY(uint32_t, targets, DIGITS);                                                                                             \
        SHARED_ARRAY(uint32_t, warps, WARPS);                                                                                                \
        SHARED_ARRAY(K, sorted_keys, TILE);                                                                                                  \
        SHARED_ARRAY(uint32_t, sorted_payload, TILE);                                                                                        \
        const Tile<K> tile = {counts, starts, targets, warps, sorted_keys, sorted_payload};                                                  \
        scatter<K>(tile, keys, payload, n, shift, mask, offsets, to_keys, to_payload);                                                       \
    }                                                                                                                                        \
    EXPORT_KERNEL(name)
RADIX_SCATTER(radix_scatter_u32, uint32_t)
RADIX_SCATTER(radix_scatter_u64, uint64_t)
