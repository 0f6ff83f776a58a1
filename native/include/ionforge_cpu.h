/* The face of the cpu backend: plain C, no allocation owned by the caller's side, no exceptions across the border.
 *
 * All arrays are contiguous and little-endian; sizes are in elements. Functions are thread-safe. A call with much work spreads
 * it over the library's own threads when they are idle and runs on the calling thread otherwise; the result is the same to the
 * bit either way. The contracts (formulas, units, bounds) stand in the Javadoc of org.ionforge.compute. */
#ifndef IONFORGE_CPU_H
#define IONFORGE_CPU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IONFORGE_API __attribute__((visibility("default")))

/* Instruction set in use: "avx512", "avx2" or "portable". IONFORGE_ISA in the environment forces a lower one. */
IONFORGE_API const char *ionforge_cpu_isa(void);

/* Threads that a large call may use, at least 1; the default is the number of online processors. */
IONFORGE_API int32_t ionforge_cpu_threads(void);
IONFORGE_API void ionforge_cpu_set_threads(int32_t threads);

#ifdef __cplusplus
}
#endif

#endif
