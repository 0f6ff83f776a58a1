/* The face of the cpu backend for grouping spots: keys, radix sort, medians by key. Conventions of ionforge_cpu.h; contracts:
 * org.ionforge.compute.SpotKeys, RadixSort, GroupedMedians. */
#ifndef IONFORGE_GROUPING_H
#define IONFORGE_GROUPING_H

#include "ionforge_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

IONFORGE_API void ionforge_spot_bucket_u32(const uint32_t *time, uint32_t *bucket, int64_t n);

/* edges: six, NaN where not used. */
IONFORGE_API void ionforge_spot_signature_u64(const uint16_t *band, const uint32_t *time, const uint16_t *tx_square,
                                              const uint16_t *rx_square, const float *sfi, const float *distance,
                                              int32_t first_band, int32_t last_band, float least_km, const float *edges,
                                              uint64_t *keys, int64_t n);

/* Bytes that a sort of n pairs works in; the caller's, aligned to 64 bytes. */
IONFORGE_API int64_t ionforge_radix_sort_workspace(int32_t key_bytes, int64_t n);

/* In place, stable, by the low `bits` of the keys. n is below 2^32. */
IONFORGE_API void ionforge_radix_sort_u32(uint32_t *keys, uint32_t *payload, int64_t n, int32_t bits, void *workspace);
IONFORGE_API void ionforge_radix_sort_u64(uint64_t *keys, uint32_t *payload, int64_t n, int32_t bits, void *workspace);

/* Returns the number of groups; if that is above `capacity`, nothing was written. */
IONFORGE_API int64_t ionforge_grouped_medians_s8(const uint64_t *keys, const uint32_t *order, const int8_t *values, int64_t n,
                                                 int64_t capacity, uint64_t *group_keys, uint32_t *counts, float *medians);

#ifdef __cplusplus
}
#endif

#endif
