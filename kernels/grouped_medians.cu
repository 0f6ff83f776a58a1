// Exact medians of bytes by key (org.ionforge.compute.GroupedMedians).
//
//   group_count      counts [blocks]: groups that begin in each tile of 2048 keys; their exclusive sums (radix_sort.cu) number the groups
//   group_starts     the first row of each group, and, behind the last one, the first row that belongs to none
//   group_median     a histogram of 256 bars for each group, and the bars that hold its middle values
//
// 8 + 8 bytes a row for the starts, 5 for the medians (the byte itself by its row number, a sector of 32 bytes where rows are not
// neighbours): bound by memory. A warp takes a group, whatever its size.
#include "portable.cuh"

constexpr int TILE = 2048, THREADS = 256, WARPS = THREADS / 32, STEPS = TILE / THREADS, BARS = 256;
constexpr uint64_t NONE = ~static_cast<uint64_t>(0);

// Whether row i begins a group.
static __device__ __forceinline__ bool begins(const uint64_t *keys, int64_t i, int64_t n) {
    return i < n && keys[i] != NONE && (i == 0 || keys[i] != keys[i - 1]);
}

extern "C" __global__ void __launch_bounds__(THREADS) group_count_u64(const uint64_t *keys, int64_t n, uint32_t *counts) {
    SHARED_ARRAY(uint32_t, warps, WARPS);
    const int t = static_cast<int>(threadIdx.x);
    uint32_t count = 0;
    for (int step = 0; step < STEPS; step++) {
        count += __popc(warp_ballot(begins(keys, static_cast<int64_t>(blockIdx.x) * TILE + step * THREADS + t, n)));
    }
    if (t % 32 == 0) {
        warps[t / 32] = count;
    }
    block_sync();
    if (t == 0) {
        uint32_t sum = 0;
        for (int warp = 0; warp < WARPS; warp++) {
            sum += warps[warp];
        }
        counts[blockIdx.x] = sum;
    }
}
EXPORT_KERNEL(group_count_u64)

// numbers [blocks]: groups that begin before each tile. starts [capacity + 1], group_keys [capacity]; a group beyond is left out.
extern "C" __global__ void __launch_bounds__(THREADS) group_starts_u64(const uint64_t *keys, int64_t n, const uint32_t *numbers, int64_t capacity, uint32_t *starts, uint64_t *group_keys) {
    SHARED_ARRAY(uint32_t, warps, WARPS);
    const int t = static_cast<int>(threadIdx.x);
    int64_t number = numbers[blockIdx.x];
    for (int step = 0; step < STEPS; step++) {
        const int64_t i = static_cast<int64_t>(blockIdx.x) * TILE + step * THREADS + t;
        const bool first = begins(keys, i, n);
        const unsigned firsts = warp_ballot(first);
        if (t % 32 == 0) {
            warps[t / 32] = __popc(firsts);
        }
        block_sync();
        uint32_t before = __popc(firsts & ((1u << t % 32) - 1u)), all = 0;
        for (int warp = 0; warp < WARPS; warp++) {
            before += warp < t / 32 ? warps[warp] : 0;
            all += warps[warp];
        }
        block_sync();
        const int64_t group = number + before;
        if (first && group < capacity) {
            starts[group] = static_cast<uint32_t>(i);
            group_keys[group] = keys[i];
        }
        const bool none = i < n && keys[i] == NONE && (i == 0 || keys[i - 1] != NONE), last = i == n - 1 && keys[i] != NONE;
        const int64_t end = group + (first ? 1 : 0);
        if ((none || last) && end <= capacity) {
            starts[end] = static_cast<uint32_t>(none ? i : n);
        }
        number += all;
    }
}
EXPORT_KERNEL(group_starts_u64)

// The value of the bar that holds the row of that rank; sum: of the lane's eight bars and those before them.
static __device__ __forceinline__ int value_at(const uint32_t *bars, uint32_t rank, uint32_t sum, uint32_t mine) {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const unsigned beyond = warp_ballot(rank < sum);
    const int owner = __ffs(static_cast<int>(beyond)) - 1;
    int value = 0;
    if (lane == owner) {
        uint32_t below = sum - mine;
        int bar = lane * 8;
        while (below + bars[bar] <= rank) {
            below += bars[bar];
            bar++;
        }
        value = bar - 128;
    }
    return warp_shuffle(value, owner);
}

extern "C" __global__ void __launch_bounds__(THREADS) group_median_s8(const uint32_t *starts, int64_t groups, const uint32_t *order, const int8_t *values, uint32_t *counts, float *medians) {
    SHARED_ARRAY(uint32_t, histograms, WARPS * BARS);
    const int t = static_cast<int>(threadIdx.x), lane = t % 32;
    uint32_t *bars = histograms + t / 32 * BARS;
    const int64_t group = static_cast<int64_t>(blockIdx.x) * WARPS + t / 32;
    if (group >= groups) {
        return;
    }
    for (int k = 0; k < BARS; k += 32) {
        bars[k + lane] = 0;
    }
    warp_sync();
    const uint32_t first = starts[group], end = starts[group + 1];
    for (uint32_t i = first + lane; i < end && i >= first; i += 32) {
        atomic_add(bars + (static_cast<int>(values[order[i]]) + 128), 1u);
    }
    warp_sync();
    uint32_t mine = 0;
    for (int k = 0; k < 8; k++) {
        mine += bars[lane * 8 + k];
    }
    uint32_t sum = mine;
#pragma unroll
    for (int d = 1; d < 32; d *= 2) {
        const uint32_t left = warp_shuffle_up(sum, d);
        sum += lane >= d ? left : 0;
    }
    const uint32_t count = end - first;
    const int lower = value_at(bars, (count - 1) / 2, sum, mine), upper = value_at(bars, count / 2, sum, mine);
    if (lane == 0) {
        counts[group] = count;
        medians[group] = static_cast<float>(lower + upper) * 0.5f;
    }
}
EXPORT_KERNEL(group_median_s8)
