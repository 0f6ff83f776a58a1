// What a kernel of kernels/*.cu sees when g++ compiles it: CUDA's words in C++, on top of the emulator's lanes.
//
// A block runs on one host thread; each of its lanes is a fiber (fiber.h) that runs until it reaches a collective (barrier,
// shuffle, vote) and goes on when all that must take part have come (block.cpp).
#pragma once
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __constant__ static const
#define __align__(n) __attribute__((aligned(n)))
#define __grid_constant__
#define __cluster_dims__(...)

// A parameter of 128 bytes: see bulk.cuh.
struct __align__(64) TensorMap {
    uint64_t words[16];
};

namespace ionforge::emulator {

struct Index {
    unsigned x, y, z;
};

struct Geometry {
    Index block, block_size, grid_size;
};

// `part` is a barrier of a block's first lanes (warpgroup.h), `mbarrier` a wait of the lane's own (bulk.h).
enum class Collective : uint8_t { none, barrier, part, cluster, sync, shuffle, ballot, operation, mbarrier };

// A collective of all lanes of a warp, or of a warpgroup of 128, that is done for all of them at once, when the last has come.
// `perform` gets what each lane brought and gives null, or what is wrong with it.
struct WarpOperation {
    const char *name;
    const char *(*perform)(void *const *lanes);
    unsigned lanes = 32;
};

// Sixteen bytes on their way to shared memory; the first `bytes` from `global`, then zeros.
struct AsyncCopy {
    void *shared;
    const void *global;
    int bytes;
    unsigned group;
};

// A lane's share of a warpgroup's product under way: what `d` will hold.
struct WarpgroupProduct;
struct WarpgroupSum {
    std::shared_ptr<WarpgroupProduct> product;
    int32_t *d;
    std::vector<int32_t> value;
    unsigned group;
};

// One thread of the kernel. `value`, `source` and `mask`, or `operands`, are what it brings to a collective, `result` what it takes
// away.
struct Lane {
    Index thread;
    unsigned number;  // in its block
    unsigned rank;    // of the block in its cluster
    const Geometry *geometry;
    Collective at;
    const char *file;
    int line;
    unsigned mask, source;
    uint64_t value, result;
    const WarpOperation *operation;
    void *operands;
    std::vector<AsyncCopy> copies;
    std::vector<WarpgroupSum> sums;
    unsigned copy_groups, product_groups;
    bool unfenced, arrived;  // copies came since the last async_proxy_fence; warpgroup_arrive came since the last commit
    void *fiber;
    bool gone;
};

// The lane that runs on this host thread.
extern thread_local Lane *lane __attribute__((tls_model("initial-exec")));

// Waits at a collective until it resolves.
void wait(Collective what, const char *file, int line);

// The block's shared array of that declaration, made and poisoned when the first lane comes.
struct SharedSite {
    const char *name, *file;
    int line;
    size_t bytes;
    bool floating;
};
void *shared_array(const SharedSite &site);
void *dynamic_shared(bool floating);

using Call = void (*)(void **);

// Adds a kernel to the library's list. `parameters` has a letter for each: p pointer, i and l 32- and 64-bit integer, f, d, t tensor map.
struct Registration {
    Registration(const char *name, Call call, const char *parameters);
};

// Says how much dynamic shared memory a kernel may be launched with.
struct SharedLimit {
    SharedLimit(const char *kernel, unsigned bytes);
};

// Says how many blocks, beside each other in x, run as a cluster.
struct ClusterSize {
    ClusterSize(const char *kernel, unsigned blocks);
};

template <typename T> constexpr char letter() {
    if constexpr (std::is_pointer_v<T>) {
        return 'p';
    } else if constexpr (std::is_same_v<T, float>) {
        return 'f';
    } else if constexpr (std::is_same_v<T, double>) {
        return 'd';
    } else if constexpr (std::is_same_v<T, TensorMap>) {
        return 't';
    } else {
        static_assert(std::is_integral_v<T> && (sizeof(T) == 4 || sizeof(T) == 8), "a kernel takes pointers, 32- and 64-bit integers, float, double and TensorMap");
        return sizeof(T) == 4 ? 'i' : 'l';
    }
}

template <auto Kernel> struct Entry;
template <typename... P, void (*Kernel)(P...)> struct Entry<Kernel> {
    static constexpr char parameters[] = {letter<P>()..., '\0'};
    static void call(void **values) { spread(values, std::index_sequence_for<P...>{}); }
    template <size_t... I> static void spread([[maybe_unused]] void **values, std::index_sequence<I...>) {
        Kernel(*static_cast<P *>(values[I])...);
    }
};

template <typename T> T exchange(Collective what, T v, unsigned source, unsigned mask, const char *file, int line) {
    static_assert(std::is_trivially_copyable_v<T> && (sizeof(T) == 4 || sizeof(T) == 8), "a shuffle moves 4 or 8 bytes");
    lane->value = 0;
    memcpy(&lane->value, &v, sizeof(T));
    lane->source = source;
    lane->mask = mask;
    wait(what, file, line);
    memcpy(&v, &lane->result, sizeof(T));
    return v;
}

inline void perform(const WarpOperation &operation, void *operands, const char *file, int line) {
    lane->operation = &operation;
    lane->operands = operands;
    lane->mask = 0xffffffffu;
    wait(Collective::operation, file, line);
}

inline unsigned lane_in_warp() { return lane->number % 32; }

}  // namespace ionforge::emulator

#define threadIdx (::ionforge::emulator::lane->thread)
#define blockIdx (::ionforge::emulator::lane->geometry->block)
#define blockDim (::ionforge::emulator::lane->geometry->block_size)
#define gridDim (::ionforge::emulator::lane->geometry->grid_size)

#define EXPORT_KERNEL(name)                                                                                             \
    static const ::ionforge::emulator::Registration registration_of_##name(#name, ::ionforge::emulator::Entry<&name>::call, \
                                                                           ::ionforge::emulator::Entry<&name>::parameters);

#define DYNAMIC_SHARED_BYTES(name, bytes) static const ::ionforge::emulator::SharedLimit limit_of_##name(#name, bytes);
#define CLUSTER_BLOCKS(name, blocks) static const ::ionforge::emulator::ClusterSize cluster_of_##name(#name, blocks);

// A reference to an array, not a pointer: the undefined-behaviour sanitizer then knows its bounds.
#define SHARED_ARRAY(T, name, n)                                                                                \
    static constexpr ::ionforge::emulator::SharedSite site_of_##name{#name, __FILE__, __LINE__, sizeof(T) * (n), \
                                                                     std::is_floating_point_v<T>};               \
    T(&name)[n] = *static_cast<T(*)[n]>(::ionforge::emulator::shared_array(site_of_##name))
#define DYNAMIC_SHARED(T, name) T *const name = static_cast<T *>(::ionforge::emulator::dynamic_shared(std::is_floating_point_v<T>))

constexpr unsigned FULL_WARP = 0xffffffffu;

// Where a collective was called from: the caller's line, by default arguments.
#define IONFORGE_HERE const char *file = __builtin_FILE(), int line = __builtin_LINE()

inline void block_sync(IONFORGE_HERE) { ::ionforge::emulator::wait(::ionforge::emulator::Collective::barrier, file, line); }
inline void warp_sync(unsigned mask = FULL_WARP, IONFORGE_HERE) {
    ::ionforge::emulator::exchange(::ionforge::emulator::Collective::sync, 0, ::ionforge::emulator::lane_in_warp(), mask, file, line);
}
template <typename T> T warp_shuffle(T v, int from, unsigned mask = FULL_WARP, IONFORGE_HERE) {
    return ::ionforge::emulator::exchange(::ionforge::emulator::Collective::shuffle, v, static_cast<unsigned>(from) % 32, mask, file, line);
}
template <typename T> T warp_shuffle_xor(T v, int m, unsigned mask = FULL_WARP, IONFORGE_HERE) {
    return warp_shuffle(v, static_cast<int>(::ionforge::emulator::lane_in_warp() ^ static_cast<unsigned>(m)), mask, file, line);
}
template <typename T> T warp_shuffle_down(T v, unsigned d, unsigned mask = FULL_WARP, IONFORGE_HERE) {
    const unsigned self = ::ionforge::emulator::lane_in_warp();
    return warp_shuffle(v, static_cast<int>(self + d < 32 ? self + d : self), mask, file, line);
}
template <typename T> T warp_shuffle_up(T v, unsigned d, unsigned mask = FULL_WARP, IONFORGE_HERE) {
    const unsigned self = ::ionforge::emulator::lane_in_warp();
    return warp_shuffle(v, static_cast<int>(self >= d ? self - d : self), mask, file, line);
}
inline unsigned warp_ballot(bool p, unsigned mask = FULL_WARP, IONFORGE_HERE) {
    return ::ionforge::emulator::exchange(::ionforge::emulator::Collective::ballot, static_cast<unsigned>(p),
                                          ::ionforge::emulator::lane_in_warp(), mask, file, line);
}
inline bool warp_any(bool p, unsigned mask = FULL_WARP, IONFORGE_HERE) { return warp_ballot(p, mask, file, line) != 0; }
inline bool warp_all(bool p, unsigned mask = FULL_WARP, IONFORGE_HERE) { return warp_ballot(p, mask, file, line) == mask; }

// Blocks run on several host threads, so these are atomic in earnest.
template <typename T> T atomic_add(T *p, std::type_identity_t<T> v) {
    static_assert(std::is_integral_v<T>, "floating-point sums have a fixed order: no atomics");
    return __atomic_fetch_add(p, v, __ATOMIC_RELAXED);
}
template <typename T> T atomic_max(T *p, std::type_identity_t<T> v) {
    static_assert(std::is_integral_v<T>, "integers only");
    T old = __atomic_load_n(p, __ATOMIC_RELAXED);
    while (old < v && !__atomic_compare_exchange_n(p, &old, v, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return old;
}
template <typename T> T atomic_cas(T *p, std::type_identity_t<T> expected, std::type_identity_t<T> v) {
    static_assert(std::is_integral_v<T>, "integers only");
    __atomic_compare_exchange_n(p, &expected, v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return expected;
}
inline void device_fence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// CUDA's math names that C does not have.
inline float reciprocal_root(float x) { return 1.0f / sqrtf(x); }
inline double reciprocal_root(double x) { return 1.0 / sqrt(x); }
#define rsqrtf reciprocal_root  // newer C libraries declare rsqrtf and rsqrt themselves
#define rsqrt reciprocal_root
template <typename T> inline T __ldg(const T *p) { return *p; }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(static_cast<unsigned>(x)); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline uint32_t __umulhi(uint32_t a, uint32_t b) { return static_cast<uint32_t>((static_cast<uint64_t>(a) * b) >> 32); }
inline uint64_t __umul64hi(uint64_t a, uint64_t b) { return static_cast<uint64_t>((static_cast<unsigned __int128>(a) * b) >> 64); }
inline int32_t opaque(int32_t x) { return x; }
inline int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
inline unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
inline float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
inline float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
template <typename T> inline T min(T a, std::type_identity_t<T> b) { return b < a ? b : a; }
template <typename T> inline T max(T a, std::type_identity_t<T> b) { return a < b ? b : a; }
inline float min(float a, float b) { return fminf(a, b); }
inline float max(float a, float b) { return fmaxf(a, b); }

// sin(πx): x is reduced exactly to [−1/2, 1/2] before π comes in.
inline double sin_pi(double x) {
    double r = x - 2.0 * rint(0.5 * x);
    r = r > 0.5 ? 1.0 - r : r < -0.5 ? -1.0 - r : r;
    return sin(3.14159265358979323846 * r);
}
inline double cos_pi(double x) {
    const double r = fabs(x - 2.0 * rint(0.5 * x));
    return r <= 0.25 ? cos(3.14159265358979323846 * r) : sin(3.14159265358979323846 * (0.5 - r));
}
inline float sin_pi(float x) { return static_cast<float>(sin_pi(static_cast<double>(x))); }
inline float cos_pi(float x) { return static_cast<float>(cos_pi(static_cast<double>(x))); }

struct __align__(8) float2 { float x, y; };
struct __align__(16) float4 { float x, y, z, w; };
struct __align__(16) double2 { double x, y; };
struct __align__(8) int2 { int x, y; };
struct __align__(16) int4 { int x, y, z, w; };
struct __align__(8) uint2 { unsigned x, y; };
struct __align__(16) uint4 { unsigned x, y, z, w; };
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline double2 make_double2(double x, double y) { return {x, y}; }
inline int2 make_int2(int x, int y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
