// Boxes of an array that one lane asks for and the hardware brings to shared memory (TMA), barriers in shared memory that count what
// has come, and clusters of blocks that share it, for compute capability 9.0: a file that includes this says "only for: 90a". Under the
// emulator (native/emulator/bulk.h) the same names are C++ that does the same.
//
//   extern "C" __global__ void __launch_bounds__(288) __cluster_dims__(2) name(const __grid_constant__ TensorMap a, …) { … }
//   EXPORT_KERNEL(name)  CLUSTER_BLOCKS(name, 2)      the same number: blocks beside each other in x, of which the grid is a multiple
//
//   TensorMap                            a parameter: an array of 32-bit words [planes][rows][words] and the box that a copy takes of
//                                        it, made by the host (TensorMap.java). What of a box lies outside the array is zero
//   bulk_copy(shared, map, x, y, z, barrier)    the box whose corner is word x of row y of plane z, in the background, by one lane;
//                                        `shared` a multiple of 128. Its bytes count at `barrier`. A swizzled map (rows of 128 bytes)
//                                        puts piece c of 16 bytes of the row at address 128·r to piece c xor r mod 8
//   bulk_copy_to_cluster(…, blocks)      the same box to that place in every block of the cluster whose bit is set, read once; its
//                                        bytes count at the barrier at that place there
//   mbarrier_init(barrier, arrivals)     by one lane; then cluster_sync before anything else is done with it
//   mbarrier_expect(barrier, bytes)      arrives at a barrier of the own block and adds bytes that its phase waits for
//   mbarrier_arrive(barrier, rank)       arrives at the barrier at that place in that block
//   mbarrier_wait(barrier, parity)       until the phase of that parity (0, 1, 0, …) is over: all arrivals and all bytes have come. A
//                                        new barrier counts as having left a phase of parity 1 behind
//   cluster_sync()  cluster_rank()       every lane of every block of the cluster; the block's number in it. A block may not leave
//                                        while another still copies to it or arrives at its barriers
//
// Stores of one's own to memory that a box comes to are followed by async_proxy_fence (warpgroup.cuh), then by a barrier.
#pragma once
#include "tensor.cuh"

#ifdef __CUDACC__

#define CLUSTER_BLOCKS(name, blocks)

struct __align__(64) TensorMap {
    uint64_t words[16];
};

static __device__ __forceinline__ unsigned cluster_rank() {
    unsigned rank;
    asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
}
static __device__ __forceinline__ void cluster_sync() {
    asm volatile("barrier.cluster.arrive.release; barrier.cluster.wait.acquire;" ::: "memory");
}
static __device__ __forceinline__ void mbarrier_init(uint64_t *barrier, unsigned arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1; fence.mbarrier_init.release.cluster;" ::"r"(shared_address(barrier)), "r"(arrivals) : "memory");
}
static __device__ __forceinline__ void mbarrier_expect(uint64_t *barrier, unsigned bytes) {
    asm volatile("mbarrier.arrive.expect_tx.release.cta.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)), "r"(bytes) : "memory");
}
static __device__ __forceinline__ void mbarrier_arrive(uint64_t *barrier, unsigned rank) {
    asm volatile("{ .reg .b32 there; mapa.shared::cluster.u32 there, %0, %1; mbarrier.arrive.release.cluster.shared::cluster.b64 _, [there]; }" ::
                     "r"(shared_address(barrier)), "r"(rank) : "memory");
}
static __device__ __forceinline__ void mbarrier_wait(uint64_t *barrier, unsigned parity) {
    asm volatile("{ .reg .pred over; AGAIN: mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 over, [%0], %1; @!over bra AGAIN; }" ::
                     "r"(shared_address(barrier)), "r"(parity) : "memory");
}
static __device__ __forceinline__ void bulk_copy(void *shared, const TensorMap &map, int x, int y, int z, uint64_t *barrier) {
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3, %4}], [%5];" ::
                     "r"(shared_address(shared)), "l"(&map), "r"(x), "r"(y), "r"(z), "r"(shared_address(barrier)) : "memory");
}
static __device__ __forceinline__ void bulk_copy_to_cluster(void *shared, const TensorMap &map, int x, int y, int z, uint64_t *barrier, unsigned blocks) {
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%0], [%1, {%2, %3, %4}], [%5], %6;" ::
                     "r"(shared_address(shared)), "l"(&map), "r"(x), "r"(y), "r"(z), "r"(shared_address(barrier)), "h"(static_cast<uint16_t>(blocks))
                 : "memory");
}

#else
#include "bulk.h"
#endif
