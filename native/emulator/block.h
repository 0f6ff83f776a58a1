// Runs one block of a kernel, or the blocks of one cluster, on the calling host thread.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "bulk.h"
#include "device.h"
#include "failure.h"
#include "fiber.h"
#include "schedule.h"
#include "ionforge_emulator.h"

namespace ionforge::emulator {

// Shared memory of one block: arrays made on first use, each poisoned and followed by a red zone.
class SharedMemory {
public:
    SharedMemory();
    void begin(unsigned dynamic_bytes);
    // The array of that declaration; null if it does not fit, and `failure` says why.
    void *array(const SharedSite &site, Failure &failure);
    void *dynamic(bool floating, Failure &failure);
    // Whether those bytes are all of one array.
    bool contains(const void *p, size_t bytes) const;
    // Its place in shared memory, as a GPU numbers it.
    uint32_t address(const void *p) const { return static_cast<uint32_t>(static_cast<const unsigned char *>(p) - memory.get()); }
    void *at(uint32_t address) const { return memory.get() + address; }
    // A red zone that was written to. Call once, at the end of the block.
    Failure check();

private:
    struct Array {
        const SharedSite *site;  // null for the dynamic array
        size_t offset, bytes;
    };
    void *add(const SharedSite *site, size_t bytes, bool floating);

    struct Free {
        void operator()(unsigned char *p) const;
    };
    std::unique_ptr<unsigned char, Free> memory;
    std::vector<Array> arrays;
    size_t used = 0, static_bytes = 0;
    unsigned dynamic_bytes = 0;
};

// Adds to the count that ionforge_emulator_bank_conflicts gives.
void count_bank_conflicts(int more);

// The block, or the cluster of blocks, that a host thread runs now, with its lanes and fibers, which are kept from block to block.
class Block {
public:
    // The one of this host thread.
    static Block &current();

    // The block of that geometry and those that follow it in x, as many as the cluster has.
    Failure run(Call call, void **parameters, const Geometry &first, unsigned cluster, unsigned dynamic_bytes, const Schedule &schedule);

    // From a lane: back to the scheduler until the collective resolves.
    void suspend();
    // From a lane: gives up the block.
    [[noreturn]] void fail(const Failure &why);
    // Of the block of the lane that runs, or for which an operation is performed.
    SharedMemory &shared_memory() { return *members[lane->rank].shared; }
    SharedMemory &shared_memory(unsigned rank) { return *members[rank].shared; }
    // Whether every lane of this lane's block has fenced the copies that came for it.
    bool all_fenced() const;
    unsigned cluster() const { return static_cast<unsigned>(members.size()); }
    // Whether a block of the cluster still has lanes.
    bool is_live(unsigned rank) const { return members[rank].live > 0; }
    BulkCopies &bulk_copies() { return copies; }

private:
    struct Member {
        Geometry geometry;
        std::unique_ptr<SharedMemory> shared;
        size_t live;
    };

    Block();
    static void fiber_main();
    void begin(const Geometry &first, unsigned cluster, unsigned dynamic_bytes);
    Lane *next_fresh();
    void sweep(const Schedule &schedule, uint64_t salt);
    void resolve(const Schedule &schedule, uint64_t salt);
    bool resolve_warp(unsigned first, unsigned end);
    bool resolve_group(unsigned first, unsigned end, const Lane &one);
    bool perform_operation(unsigned lane_of_it);
    bool resolve_barriers();
    bool resolve_barrier(unsigned first, unsigned end, Collective what);
    void stuck();
    std::string places() const;

    FiberPool fibers;
    Context scheduler;
    std::vector<Member> members;
    BulkCopies copies;
    std::vector<Lane> lanes;  // block by block
    std::vector<Lane *> order;
    size_t cursor = 0;
    size_t live = 0;
    Call call = nullptr;
    void **parameters = nullptr;
    Failure failure;
};

}  // namespace ionforge::emulator
