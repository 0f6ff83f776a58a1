/* The face of the emulator: CUDA kernels (the .cu files of kernels/) compiled for the host, blocks on host threads, lanes as fibers.
 *
 * Plain C, no exceptions across the border. Functions that can fail return a code; ionforge_emulator_last_error then has the
 * text. A kernel that touches memory that is nobody's crashes the process, as any C++ does: the sanitizer build names the line. */
#ifndef IONFORGE_EMULATOR_H
#define IONFORGE_EMULATOR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IONFORGE_API __attribute__((visibility("default")))

enum {
    IONFORGE_EMULATOR_OK = 0,
    IONFORGE_EMULATOR_UNKNOWN_KERNEL = 1,
    IONFORGE_EMULATOR_GEOMETRY = 2,           /* a grid, block or tensor map CUDA would refuse */
    IONFORGE_EMULATOR_DIVERGENT_BARRIER = 3,  /* lanes of a block wait at different barriers, or some have left */
    IONFORGE_EMULATOR_WARP = 4,               /* a warp operation without the lanes its mask names */
    IONFORGE_EMULATOR_SHARED_MEMORY = 5,      /* an array overrun, or more than there is */
    IONFORGE_EMULATOR_DEVICE_MEMORY = 6,      /* an allocation overrun, or not to be had */
};

/* Order in which blocks start and lanes run. A kernel without races gives the same result in each. */
enum {
    IONFORGE_EMULATOR_FORWARD = 0,
    IONFORGE_EMULATOR_REVERSE = 1,
    IONFORGE_EMULATOR_RANDOM = 2,
};

/* Kernels are numbered from 0; null for a number that is none. */
IONFORGE_API int32_t ionforge_emulator_kernel_count(void);
IONFORGE_API const char *ionforge_emulator_kernel_name(int32_t kernel);

/* A letter for each parameter: p pointer, i 32-bit and l 64-bit integer, f float, d double, t tensor map
 * (128 bytes). */
IONFORGE_API const char *ionforge_emulator_kernel_parameters(int32_t kernel);

/* Runs a kernel to its end. parameters[i] points to the value of parameter i, as for cuLaunchKernel; grid and block are x, y, z. */
IONFORGE_API int32_t ionforge_emulator_launch(int32_t kernel, void **parameters, const uint32_t *grid, const uint32_t *block,
                                              uint32_t dynamic_shared_bytes, int32_t schedule, uint64_t seed);

/* Launches of a kernel in one of the orders, since the library was loaded, that ended well. */
IONFORGE_API int64_t ionforge_emulator_launches(int32_t kernel, int32_t schedule);

/* Device memory: poisoned with 0xFF bytes (NaN as float), between red zones that every launch checks. Null if there is none. */
IONFORGE_API void *ionforge_emulator_allocate(int64_t bytes);
IONFORGE_API int32_t ionforge_emulator_free(void *memory);

/* Writes the 128 bytes that a kernel takes as the map of boxes of an array of 32-bit words, [planes][rows][words] without gaps.
 * size and box are words, rows, planes. swizzled: in shared memory, pieces of 16 bytes change places within 128 bytes. Refuses what
 * cuTensorMapEncodeTiled refuses. */
IONFORGE_API int32_t ionforge_emulator_tensor_map(void *map, void *address, const uint64_t *size, const uint32_t *box, int32_t swizzled);

/* Passes through shared memory, since the library was loaded, that matrix loads needed because rows lay in the same banks. */
IONFORGE_API int64_t ionforge_emulator_bank_conflicts(void);

/* What the last failed call of this thread found: kernel, block, place in the source. */
IONFORGE_API const char *ionforge_emulator_last_error(void);

#ifdef __cplusplus
}
#endif

#endif
