/* The face of the cpu backend for patches of maps. Conventions of ionforge_cpu.h; contract: org.ionforge.compute.Patches. */
#ifndef IONFORGE_PATCHES_H
#define IONFORGE_PATCHES_H

#include "ionforge_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ionforge_patches_shape {
    int32_t images, height, width, channels, pool, kernel_height, kernel_width, stride, padding;
};

/* What a map or a row is made of: spikes in words of 32 bits, bytes, floats. */
#define IONFORGE_MAP_BITS 0
#define IONFORGE_MAP_U8 1
#define IONFORGE_MAP_F32 2

/* From bits to all three, bytes to bytes and floats, floats to floats. Bits and bytes to their own kind have a pool of 1, bits to
 * bytes one of 15 at most. */
IONFORGE_API void ionforge_patches_gather(const struct ionforge_patches_shape *shape, const void *maps, int32_t map_kind, void *rows,
                                          int32_t row_kind);

IONFORGE_API void ionforge_patches_scatter(const struct ionforge_patches_shape *shape, const float *rows, float *maps);

#ifdef __cplusplus
}
#endif

#endif
