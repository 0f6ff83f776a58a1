// Grouping of spots: the C face of the keys, the radix sort and the medians by key (contracts: org.ionforge.compute.SpotKeys,
// RadixSort, GroupedMedians). The last two move more than they count and are the same for every instruction set.
//
// The sort makes stable passes over 8 bits, lowest first, and none over bits that are the same in all keys. In a pass each chunk of the
// pairs counts its digits and then writes to places of its own: 32 bytes a pair of 64-bit keys. (Measured on a core of Zen 5, ns for
// a pair and 48 bits at 10⁷ pairs: 16. With digits of 11 bits 27: their 2048 streams of writes overflow the TLB. With lines
// collected for each digit and written when full 43: the copying costs more than the misses.)
#include "ionforge_grouping.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "operations.h"
#include "over_rows.h"

namespace ionforge {
namespace {

constexpr int DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS;
constexpr int64_t LEAST_CHUNK = 1 << 15, MOST_CHUNKS = 64;

template <typename K>
struct Pairs {
    K *keys;
    uint32_t *payload;
};

// The pairs in chunks, the same for all passes.
struct Chunks {
    int64_t n, count;

    explicit Chunks(int64_t pairs) : n(pairs), count(std::clamp<int64_t>(pairs / LEAST_CHUNK, 1, MOST_CHUNKS)) {}
    int64_t first(int64_t chunk) const { return chunk * n / count; }
};

// Bits in which keys differ from the first.
template <typename K>
K differing(const K *keys, const Chunks &chunks) {
    K found[MOST_CHUNKS];
    parallel_for(chunks.count, [&](int64_t chunk) {
        K bits = 0;
        for (int64_t i = chunks.first(chunk); i < chunks.first(chunk + 1); i++) {
            bits |= keys[i] ^ keys[0];
        }
        found[chunk] = bits;
    });
    K all = 0;
    for (int64_t chunk = 0; chunk < chunks.count; chunk++) {
        all |= found[chunk];
    }
    return all;
}

// The pairs of a chunk to their places, each digit from its own on.
template <typename K>
void scatter(const Pairs<K> &from, const Pairs<K> &to, int64_t first, int64_t last, int shift, uint32_t mask, uint32_t *places) {
    for (int64_t i = first; i < last; i++) {
        const K key = from.keys[i];
        const uint32_t place = places[static_cast<uint32_t>(key >> shift) & mask]++;
        to.keys[place] = key;
        to.payload[place] = from.payload[i];
    }
}

template <typename K>
void pass(const Pairs<K> &from, const Pairs<K> &to, const Chunks &chunks, int shift, uint32_t mask) {
    const auto places = std::make_unique_for_overwrite<uint32_t[][DIGITS]>(static_cast<size_t>(chunks.count));
    parallel_for(chunks.count, [&](int64_t chunk) {
        uint32_t *counts = places[chunk];
        std::memset(counts, 0, sizeof places[chunk]);
        for (int64_t i = chunks.first(chunk); i < chunks.first(chunk + 1); i++) {
            counts[static_cast<uint32_t>(from.keys[i] >> shift) & mask]++;
        }
    });
    uint32_t before = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
        for (int64_t chunk = 0; chunk < chunks.count; chunk++) {
            const uint32_t count = places[chunk][digit];
            places[chunk][digit] = before;
            before += count;
        }
    }
    parallel_for(chunks.count, [&](int64_t chunk) {
        scatter(from, to, chunks.first(chunk), chunks.first(chunk + 1), shift, mask, places[chunk]);
    });
}

template <typename K>
void sort(K *keys, uint32_t *payload, int64_t n, int bits, void *workspace) {
    if (n < 2) {
        return;
    }
    const Chunks chunks(n);
    const K significant = differing(keys, chunks);
    Pairs<K> from{keys, payload};
    Pairs<K> to{static_cast<K *>(workspace), reinterpret_cast<uint32_t *>(static_cast<K *>(workspace) + n)};
    for (int shift = 0; shift < bits; shift += DIGIT_BITS) {
        const uint32_t mask = (1u << std::min(DIGIT_BITS, bits - shift)) - 1;
        if ((static_cast<uint32_t>(significant >> shift) & mask) != 0) {
            pass(from, to, chunks, shift, mask);
            std::swap(from, to);
        }
    }
    if (from.keys != keys) {
        parallel_for(chunks.count, [&](int64_t chunk) {
            const int64_t first = chunks.first(chunk), length = chunks.first(chunk + 1) - first;
            std::memcpy(keys + first, from.keys + first, sizeof(K) * static_cast<size_t>(length));
            std::memcpy(payload + first, from.payload + first, sizeof(uint32_t) * static_cast<size_t>(length));
        });
    }
}

// The histogram of one group's values; the bars between the extremes are cleared again when it has given its median.
struct Histogram {
    uint32_t bars[256] = {};

    float median(const uint32_t *order, const int8_t *values, int64_t rows) {
        int lowest = 127, highest = -128;
        for (int64_t i = 0; i < rows; i++) {
            const int value = values[order[i]];
            bars[value + 128]++;
            lowest = std::min(lowest, value);
            highest = std::max(highest, value);
        }
        int64_t below = 0;
        int value = lowest - 1;
        const auto value_at = [&](int64_t rank) {
            while (below <= rank) {
                below += bars[++value + 128];
            }
            return value;
        };
        const int lower = value_at((rows - 1) / 2), upper = value_at(rows / 2);
        std::memset(bars + lowest + 128, 0, sizeof(uint32_t) * static_cast<size_t>(highest - lowest + 1));
        return static_cast<float>(lower + upper) / 2;
    }
};

constexpr uint64_t NONE = ~UINT64_C(0);
constexpr int64_t GROUP_CHUNK = 1 << 14;

bool begins(const uint64_t *keys, int64_t i) { return keys[i] != NONE && (i == 0 || keys[i] != keys[i - 1]); }

}  // namespace
}  // namespace ionforge

using ionforge::operations;

extern "C" {

void ionforge_spot_bucket_u32(const uint32_t *time, uint32_t *bucket, int64_t n) {
    ionforge::over_rows(n, [&](int64_t at, int64_t rows) { operations().spot_bucket_u32(time + at, bucket + at, rows); });
}

void ionforge_spot_signature_u64(const uint16_t *band, const uint32_t *time, const uint16_t *tx_square, const uint16_t *rx_square,
                                 const float *sfi, const float *distance, int32_t first_band, int32_t last_band, float least_km,
                                 const float *edges, uint64_t *keys, int64_t n) {
    const ionforge::SignatureRule rule = {first_band, last_band, least_km, edges};
    ionforge::over_rows(n, [&](int64_t at, int64_t rows) {
        operations().spot_signature_u64({band + at, time + at, tx_square + at, rx_square + at, sfi + at, distance + at}, rule, keys + at,
                                        rows);
    });
}

int64_t ionforge_radix_sort_workspace(int32_t key_bytes, int64_t n) { return n * (key_bytes + static_cast<int64_t>(sizeof(uint32_t))); }

void ionforge_radix_sort_u32(uint32_t *keys, uint32_t *payload, int64_t n, int32_t bits, void *workspace) {
    ionforge::sort(keys, payload, n, bits, workspace);
}

void ionforge_radix_sort_u64(uint64_t *keys, uint32_t *payload, int64_t n, int32_t bits, void *workspace) {
    ionforge::sort(keys, payload, n, bits, workspace);
}

int64_t ionforge_grouped_medians_s8(const uint64_t *keys, const uint32_t *order, const int8_t *values, int64_t n, int64_t capacity,
                                    uint64_t *group_keys, uint32_t *counts, float *medians) {
    using namespace ionforge;
    const int64_t chunks = (n + GROUP_CHUNK - 1) / GROUP_CHUNK;
    const auto numbers = std::make_unique_for_overwrite<int64_t[]>(static_cast<size_t>(chunks));
    parallel_for(chunks, [&](int64_t chunk) {
        int64_t groups = 0;
        for (int64_t i = chunk * GROUP_CHUNK; i < std::min(n, (chunk + 1) * GROUP_CHUNK); i++) {
            groups += begins(keys, i);
        }
        numbers[chunk] = groups;
    });
    int64_t groups = 0;
    for (int64_t chunk = 0; chunk < chunks; chunk++) {
        groups += std::exchange(numbers[chunk], groups);
    }
    if (groups > capacity) {
        return groups;
    }
    // A group belongs to the chunk in which it begins.
    parallel_for(chunks, [&](int64_t chunk) {
        Histogram histogram;
        int64_t group = numbers[chunk], i = chunk * GROUP_CHUNK;
        const int64_t last = std::min(n, i + GROUP_CHUNK);
        while (i < last && keys[i] != NONE && !begins(keys, i)) {
            i++;
        }
        while (i < last && keys[i] != NONE) {
            int64_t end = i + 1;
            while (end < n && keys[end] == keys[i]) {
                end++;
            }
            group_keys[group] = keys[i];
            counts[group] = static_cast<uint32_t>(end - i);
            medians[group] = histogram.median(order + i, values, end - i);
            group++;
            i = end;
        }
    });
    return groups;
}
}
