// Maidenhead grid squares to the coordinates of their centres, with the pairs field, square, subsquare and extended square:
//
//   longitude = (4800 f + 480 s + 20 e + 2 x + half − 43200) / 240, latitude = the same of the other characters / 480
//
// half = 240, 10 or 1 for locators of 4, 6 or 8 characters. In these steps every centre is a whole number, so that one division
// rounds once and all backends agree to the bit. 8 bytes in, 9 out, about 70 operations a row: bound by memory.
#include "portable.cuh"

static __device__ __forceinline__ int character(uint64_t locator, int place) { return static_cast<int>((locator >> (8 * place)) & 0xff); }

// Outside 0 … 25 for what is no letter.
static __device__ __forceinline__ int letter(int c) { return (c | 0x20) - 'a'; }

static __device__ __forceinline__ bool below(int digit, int base) { return static_cast<unsigned>(digit) < static_cast<unsigned>(base); }

extern "C" __global__ void __launch_bounds__(256)
grid_square_decode_f32(const uint64_t *locators, float *latitude, float *longitude, uint8_t *valid, int64_t n) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const uint64_t locator = locators[i];
    const bool six = (locator >> 32 & 0xffff) != 0;
    const bool eight = locator >> 48 != 0;
    int steps[2];
    bool good = !eight || six;
#pragma unroll
    for (int axis = 0; axis < 2; axis++) {
        const int field = letter(character(locator, axis));
        const int square = character(locator, 2 + axis) - '0';
        const int sub = letter(character(locator, 4 + axis));
        const int extended = character(locator, 6 + axis) - '0';
        good = good && below(field, 18) && below(square, 10) && (!six || below(sub, 24)) && (!eight || below(extended, 10));
        steps[axis] = 4800 * field + 480 * square - 43200 + (!six ? 240 : 20 * sub + (eight ? 2 * extended + 1 : 10));
    }
    longitude[i] = good ? static_cast<float>(steps[0]) / 240.0f : nanf("");
    latitude[i] = good ? static_cast<float>(steps[1]) / 480.0f : nanf("");
    valid[i] = good;
}
EXPORT_KERNEL(grid_square_decode_f32)
