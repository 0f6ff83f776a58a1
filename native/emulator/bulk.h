// kernels/bulk.cuh in C++: boxes of a tensor map that arrive in shared memory some time after they were asked for, barriers in shared
// memory that count arrivals and bytes, and blocks of a cluster that reach each other's (bulk.cpp).
#pragma once
#include <map>
#include <string>
#include <vector>

#include "device.h"
#include "failure.h"
#include "schedule.h"

namespace ionforge::emulator {

// Fills a map as cuTensorMapEncodeTiled does, in a form of the emulator's own; what is wrong with it, or nothing.
std::string make_tensor_map(TensorMap &map, void *address, const uint64_t *size, const uint32_t *box, bool swizzled);

// The place in shared memory of what would lie at `address`: pieces of 16 bytes change places within 128, by the number of the 128
// bytes within 1024.
constexpr uint32_t swizzle(uint32_t address) { return address ^ (address >> 7 & 7) << 4; }

// The barriers of a cluster, and the boxes that are on their way.
class BulkCopies {
public:
    void begin();
    bool empty() const { return under_way.empty(); }
    // Whether the phase that a lane waits for at mbarrier_wait is over.
    bool phase_is_over(const Lane &waiting) const;
    // What that phase lacks, for people.
    std::string missing(const Lane &waiting) const;
    // Brings one box, the oldest, the newest or any.
    Failure arrive(const Schedule &schedule, uint64_t salt);
    // A failure if the cluster left while boxes were under way.
    Failure left() const;

    // What a lane asks for; `place` is where.
    void make_barrier(uint64_t *barrier, unsigned arrivals, const std::string &place);
    void expect(uint64_t *barrier, unsigned bytes, const std::string &place);
    void arrive_at(uint64_t *barrier, unsigned rank, const std::string &place);
    void check_wait(const uint64_t *barrier, const std::string &place);
    void copy(void *shared, const TensorMap &map, const int32_t (&corner)[3], uint64_t *barrier, unsigned blocks, const std::string &place);

private:
    struct Barrier {
        uint32_t arrivals, pending;
        int64_t bytes;
        uint32_t phase;
    };
    struct Box {
        unsigned rank;
        unsigned char *to;
        TensorMap map;
        int32_t corner[3];
        uint64_t *barrier;
        std::string place;
    };
    Barrier &at(const uint64_t *barrier, const std::string &place);
    static void end_phase(Barrier &barrier);

    std::map<const uint64_t *, Barrier> barriers;
    std::vector<Box> under_way;
};

void mbarrier_init(uint64_t *barrier, unsigned arrivals, const char *file, int line);
void mbarrier_expect(uint64_t *barrier, unsigned bytes, const char *file, int line);
void mbarrier_arrive(uint64_t *barrier, unsigned rank, const char *file, int line);
void mbarrier_wait(uint64_t *barrier, unsigned parity, const char *file, int line);
void bulk_copy(void *shared, const TensorMap &map, int x, int y, int z, uint64_t *barrier, unsigned blocks, const char *file, int line);

}  // namespace ionforge::emulator

inline unsigned cluster_rank() { return ::ionforge::emulator::lane->rank; }
inline void cluster_sync(IONFORGE_HERE) { ::ionforge::emulator::wait(::ionforge::emulator::Collective::cluster, file, line); }
inline void mbarrier_init(uint64_t *barrier, unsigned arrivals, IONFORGE_HERE) { ::ionforge::emulator::mbarrier_init(barrier, arrivals, file, line); }
inline void mbarrier_expect(uint64_t *barrier, unsigned bytes, IONFORGE_HERE) { ::ionforge::emulator::mbarrier_expect(barrier, bytes, file, line); }
inline void mbarrier_arrive(uint64_t *barrier, unsigned rank, IONFORGE_HERE) { ::ionforge::emulator::mbarrier_arrive(barrier, rank, file, line); }
inline void mbarrier_wait(uint64_t *barrier, unsigned parity, IONFORGE_HERE) { ::ionforge::emulator::mbarrier_wait(barrier, parity, file, line); }
inline void bulk_copy_to_cluster(void *shared, const TensorMap &map, int x, int y, int z, uint64_t *barrier, unsigned blocks, IONFORGE_HERE) {
    ::ionforge::emulator::bulk_copy(shared, map, x, y, z, barrier, blocks, file, line);
}
inline void bulk_copy(void *shared, const TensorMap &map, int x, int y, int z, uint64_t *barrier, IONFORGE_HERE) {
    bulk_copy_to_cluster(shared, map, x, y, z, barrier, 1u << cluster_rank(), file, line);
}
