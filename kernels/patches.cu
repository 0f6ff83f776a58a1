// Patches of channel-last maps as rows of a matrix, a sum-pool folded in, and their transpose (org.ionforge.compute.Patches):
//
//   rows[r·P + p, (ky·kw + kx)·C + c] = Σ_dy Σ_dx map[r, (py·stride + ky − padding)·pool + dy, (px·stride + kx − padding)·pool + dx, c]
//
//   patches_gather    writes K elements or ⌈K/32⌉ words a row; reads an element of the map kh·kw/stride² times, from the L2 cache
//                     but for the first
//   patches_scatter   reads 4 bytes an element of the rows once, writes 4 an element of the map
//
// An addition an element, and a few divisions of 32 bits to know where it is: bound by memory. A warp writes a row; neighbouring
// lanes take neighbouring channels, whose runs of kw·C elements are contiguous in the map.
#include "portable.cuh"

constexpr int THREADS = 256;

struct Maps {
    int32_t height, width, channels, pool, kernel_height, kernel_width, stride, padding;

    __device__ int pooled_height() const { return height / pool; }
    __device__ int pooled_width() const { return width / pool; }
    __device__ int out_height() const { return (pooled_height() + 2 * padding - kernel_height) / stride + 1; }
    __device__ int out_width() const { return (pooled_width() + 2 * padding - kernel_width) / stride + 1; }
    __device__ int inputs() const { return kernel_height * kernel_width * channels; }
    __device__ int channel_words() const { return (channels + 31) / 32; }
};

// A row, and the position of the pooled map that its patch begins at.
struct Patch {
    int64_t image;
    int y, x;
};

static __device__ __forceinline__ Patch patch_of(const Maps &m, int64_t row) {
    const int positions = m.out_height() * m.out_width();
    const int64_t image = row / positions;
    const int p = static_cast<int>(row - image * positions);
    return {image, p / m.out_width() * m.stride - m.padding, p % m.out_width() * m.stride - m.padding};
}

struct Bits {
    const uint32_t *words;
    __device__ float at(const Maps &m, int64_t position, int c) const { return static_cast<float>(words[position * m.channel_words() + c / 32] >> c % 32 & 1); }
};

struct Bytes {
    const uint8_t *values;
    __device__ float at(const Maps &m, int64_t position, int c) const { return static_cast<float>(values[position * m.channels + c]); }
};

struct Floats {
    const float *values;
    __device__ float at(const Maps &m, int64_t position, int c) const { return values[position * m.channels + c]; }
};

template <typename In>
static __device__ __forceinline__ float pooled(const Maps &m, const In &map, int64_t image, int y, int x, int c) {
    if (y < 0 || y >= m.pooled_height() || x < 0 || x >= m.pooled_width()) {
        return 0.0f;
    }
    const int64_t first = (image * m.height + y * m.pool) * m.width + x * m.pool;
    float sum = map.at(m, first, c);
#pragma unroll 1
    for (int square = 1; square < m.pool * m.pool; square++) {
        sum += map.at(m, first + square / m.pool * m.width + square % m.pool, c);
    }
    return sum;
}

template <typename In, typename Out>
static __device__ __forceinline__ void gather(const Maps &m, const In &map, Out *rows, int64_t count) {
    const int64_t row = (static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x) / 32;
    if (row >= count) {
        return;
    }
    const Patch patch = patch_of(m, row);
    for (int k = threadIdx.x % 32; k < m.inputs(); k += 32) {
        const int place = k / m.channels;
        const float value = pooled(m, map, patch.image, patch.y + place / m.kernel_width, patch.x + place % m.kernel_width, k % m.channels);
        rows[row * m.inputs() + k] = static_cast<Out>(value);
    }
}

#define PATCHES_GATHER(name, Map, In, Out)                                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS) name(const In *maps, Out *rows, int64_t count, int32_t height, int32_t width, \
                                                               int32_t channels, int32_t pool, int32_t kernel_height,                   \
                                                               int32_t kernel_width, int32_t stride, int32_t padding) {                 \
        gather(Maps{height, width, channels, pool, kernel_height, kernel_width, stride, padding}, Map{maps}, rows, count);              \
    }                                                                                                                                   \
    EXPORT_KERNEL(name)

PATCHES_GATHER(patches_gather_bits_f32, Bits, uint32_t, float)
PATCHES_GATHER(patches_gather_bits_u8, Bits, uint32_t, uint8_t)
PATCHES_GATHER(patches_gather_u8_f32, Bytes, uint8_t, float)
PATCHES_GATHER(patches_gather_u8_u8, Bytes, uint8_t, uint8_t)
PATCHES_GATHER(patches_gather_f32_f32, Floats, float, float)

// A lane makes a word of a row, of pieces that lie in one word of the map each.
extern "C" __global__ void __launch_bounds__(THREADS) patches_gather_bits_u32(const uint32_t *maps, uint32_t *rows, int64_t count, int32_t height, int32_t width, int32_t channels, int32_t pool, int32_t kernel_height, int32_t kernel_width, int32_t stride, int32_t padding) {
    const Maps m{height, width, channels, pool, kernel_height, kernel_width, stride, padding};
    const int64_t row = (static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x) / 32;
    if (row >= count) {
        return;
    }
    const Patch patch = patch_of(m, row);
    const int inputs = m.inputs(), words = (inputs + 31) / 32;
    for (int w = threadIdx.x % 32; w < words; w += 32) {
        const int end = min(32, inputs - 32 * w);
        int place = 32 * w / channels, c = 32 * w % channels;
        uint32_t word = 0;
        for (int done = 0; done < end;) {
            const int piece = min(min(channels - c, end - done), 32 - c % 32);
            const int y = patch.y + place / kernel_width, x = patch.x + place % kernel_width;
            if (y >= 0 && y < height && x >= 0 && x < width) {
                const uint32_t bits = maps[((patch.image * height + y) * width + x) * m.channel_words() + c / 32] >> c % 32;
                word |= (bits & 0xffffffffu >> (32 - piece)) << done;
            }
            done += piece;
            c += piece;
            if (c == channels) {
                c = 0;
                place++;
            }
        }
        rows[row * words + w] = word;
    }
}
EXPORT_KERNEL(patches_gather_bits_u32)

// A thread has a square of the pool and a channel, squares cut off at the edges among them. `count`: of these, in all images.
extern "C" __global__ void __launch_bounds__(THREADS) patches_scatter_f32(const float *rows, float *maps, int64_t count, int32_t height, int32_t width, int32_t channels, int32_t pool, int32_t kernel_height, int32_t kernel_width, int32_t stride, int32_t padding) {
    const Maps m{height, width, channels, pool, kernel_height, kernel_width, stride, padding};
    const int64_t i = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (i >= count) {
        return;
    }
    const int across = (width + pool - 1) / pool, of_image = (height + pool - 1) / pool * across * channels;
    const int64_t image = i / of_image;
    const int rest = static_cast<int>(i - image * of_image), c = rest % channels;
    const int sy = rest / channels / across, sx = rest / channels % across;
    float sum = 0.0f;
    if (sy < m.pooled_height() && sx < m.pooled_width()) {
        const int y = sy + padding, x = sx + padding, out_width = m.out_width();
        const int py0 = y < kernel_height ? 0 : (y - kernel_height) / stride + 1, py1 = min(y / stride, m.out_height() - 1);
        const int px0 = x < kernel_width ? 0 : (x - kernel_width) / stride + 1, px1 = min(x / stride, out_width - 1);
        for (int py = py0; py <= py1; py++) {
            for (int px = px0; px <= px1; px++) {
                const int k = ((y - py * stride) * kernel_width + x - px * stride) * channels + c;
                sum += rows[((image * m.out_height() + py) * out_width + px) * m.inputs() + k];
            }
        }
    }
    for (int my = sy * pool; my < min((sy + 1) * pool, height); my++) {
        for (int mx = sx * pool; mx < min((sx + 1) * pool, width); mx++) {
            maps[((image * height + my) * width + mx) * channels + c] = sum;
        }
    }
}
EXPORT_KERNEL(patches_scatter_f32)
