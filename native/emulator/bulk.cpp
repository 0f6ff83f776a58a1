// Boxes are poison in shared memory from the moment they are asked for until they arrive, which is as late as the kernel lets them, or
// at random earlier (Block::resolve): what is read too early, or filled anew too early, is seen.
#include "bulk.h"

#include <cstring>

#include "block.h"

namespace ionforge::emulator {
namespace {

constexpr unsigned char POISON = 0xCD;
constexpr uint64_t FORM = 0x70616d2d78656c66u;       // of a map that make_tensor_map filled
constexpr uint64_t TOKEN = 0x7265697272616264u;      // what a barrier's word holds
constexpr uint64_t ALIGNMENT = 128;                  // of a box in shared memory

// A map as the emulator keeps it: an array [planes][rows][words], and the box that a copy takes.
struct Boxes {
    uint64_t form;
    const unsigned char *array;
    uint64_t size[3];  // words, rows, planes
    uint32_t box[3];
    uint32_t swizzled;

    static Boxes of(const TensorMap &map) {
        Boxes boxes;
        std::memcpy(&boxes, &map, sizeof boxes);
        return boxes;
    }
    size_t bytes() const { return size_t{4} * box[0] * box[1] * box[2]; }
};
static_assert(sizeof(Boxes) <= sizeof(TensorMap));

[[noreturn]] void fail(const std::string &place, const std::string &why) {
    Block::current().fail({IONFORGE_EMULATOR_SHARED_MEMORY, place + ": " + why});
}

// The same place in the shared memory of another block of the cluster.
template <typename T> T *in_block(unsigned rank, T *p) {
    Block &block = Block::current();
    return static_cast<T *>(block.shared_memory(rank).at(block.shared_memory().address(p)));
}

void require_block(unsigned rank, const std::string &place) {
    if (rank >= Block::current().cluster() || !Block::current().is_live(rank)) {
        fail(place, "block " + std::to_string(rank) + " of the cluster has left or never was");
    }
}

}  // namespace

std::string make_tensor_map(TensorMap &map, void *address, const uint64_t *size, const uint32_t *box, bool swizzled) {
    if (reinterpret_cast<uintptr_t>(address) % 16 != 0 || size[0] % 4 != 0) {
        return "the array and its rows start at multiples of 16 bytes";
    }
    for (int i = 0; i < 3; i++) {
        if (size[i] == 0 || size[i] > uint64_t{1} << 32 || box[i] == 0 || box[i] > 256) {
            return "of " + std::to_string(size[i]) + " and a box of " + std::to_string(box[i]) + " in dimension " + std::to_string(i);
        }
    }
    if (size[0] * size[1] * 4 >= uint64_t{1} << 40) {
        return "planes of a tebibyte";
    }
    if (box[0] % 4 != 0 || (swizzled && box[0] > 32)) {
        return "rows of a box are multiples of 16 bytes, and at most 128 if they are swizzled";
    }
    const Boxes boxes{FORM, static_cast<const unsigned char *>(address), {size[0], size[1], size[2]}, {box[0], box[1], box[2]}, swizzled};
    map = {};
    std::memcpy(&map, &boxes, sizeof boxes);
    return "";
}

void BulkCopies::begin() {
    barriers.clear();
    under_way.clear();
}

BulkCopies::Barrier &BulkCopies::at(const uint64_t *barrier, const std::string &place) {
    const auto found = barriers.find(barrier);
    if (found == barriers.end()) {
        fail(place, "no mbarrier_init made that barrier");
    }
    if (*barrier != TOKEN) {
        fail(place, "the barrier's own word was written to");
    }
    return found->second;
}

void BulkCopies::end_phase(Barrier &barrier) {
    if (barrier.pending == 0 && barrier.bytes == 0) {
        barrier.phase++;
        barrier.pending = barrier.arrivals;
    }
}

void BulkCopies::make_barrier(uint64_t *barrier, unsigned arrivals, const std::string &place) {
    if (!Block::current().shared_memory().contains(barrier, sizeof *barrier)) {
        fail(place, "a barrier outside the block's shared memory");
    }
    *barrier = TOKEN;
    barriers[barrier] = {arrivals, arrivals, 0, 0};
}

void BulkCopies::expect(uint64_t *barrier, unsigned bytes, const std::string &place) {
    at(barrier, place).bytes += bytes;
    arrive_at(barrier, lane->rank, place);
}

void BulkCopies::arrive_at(uint64_t *barrier, unsigned rank, const std::string &place) {
    require_block(rank, place);
    Barrier &there = at(in_block(rank, barrier), place);
    if (there.pending == 0) {
        fail(place, "more arrivals than the " + std::to_string(there.arrivals) + " of a phase");
    }
    there.pending--;
    end_phase(there);
}

void BulkCopies::check_wait(const uint64_t *barrier, const std::string &place) { at(barrier, place); }

bool BulkCopies::phase_is_over(const Lane &waiting) const {
    return (barriers.at(reinterpret_cast<const uint64_t *>(waiting.value)).phase & 1) != waiting.source;
}

std::string BulkCopies::missing(const Lane &waiting) const {
    const Barrier &barrier = barriers.at(reinterpret_cast<const uint64_t *>(waiting.value));
    return " (" + std::to_string(barrier.pending) + " arrivals and " + std::to_string(barrier.bytes) + " bytes are missing)";
}

void BulkCopies::copy(void *shared, const TensorMap &map, const int32_t (&corner)[3], uint64_t *barrier, unsigned blocks, const std::string &place) {
    Block &block = Block::current();
    const Boxes boxes = Boxes::of(map);
    if (boxes.form != FORM) {
        fail(place, "a tensor map that nobody filled");
    }
    if (block.shared_memory().address(shared) % ALIGNMENT != 0) {
        fail(place, "an address that is no multiple of 128");
    }
    if (blocks == 0 || blocks >> block.cluster() != 0) {
        fail(place, "of blocks that the cluster has not");
    }
    for (unsigned rank = 0; rank < block.cluster(); rank++) {
        if ((blocks >> rank & 1) == 0) {
            continue;
        }
        require_block(rank, place);
        auto *to = in_block(rank, static_cast<unsigned char *>(shared));
        if (!block.shared_memory(rank).contains(to, boxes.bytes())) {
            fail(place, "to memory outside the block's shared arrays");
        }
        at(in_block(rank, barrier), place);
        std::memset(to, POISON, boxes.bytes());
        under_way.push_back({rank, to, map, {corner[0], corner[1], corner[2]}, in_block(rank, barrier), place});
    }
}

Failure BulkCopies::arrive(const Schedule &schedule, uint64_t salt) {
    if (under_way.empty()) {
        return {};
    }
    const auto next = under_way.begin() + static_cast<ptrdiff_t>(schedule.order(under_way.size(), salt)[0]);
    const Box box = *next;
    under_way.erase(next);
    Block &block = Block::current();
    if (!block.is_live(box.rank)) {
        return {IONFORGE_EMULATOR_SHARED_MEMORY, box.place + ": its box arrives in a block that has left"};
    }
    const Boxes boxes = Boxes::of(box.map);
    const uint32_t start = block.shared_memory(box.rank).address(box.to);
    uint32_t at = start;
    for (uint32_t plane = 0; plane < boxes.box[2]; plane++) {
        for (uint32_t row = 0; row < boxes.box[1]; row++) {
            const int64_t z = box.corner[2] + static_cast<int64_t>(plane), y = box.corner[1] + static_cast<int64_t>(row);
            const bool inside = z >= 0 && y >= 0 && z < static_cast<int64_t>(boxes.size[2]) && y < static_cast<int64_t>(boxes.size[1]);
            for (uint32_t word = 0; word < boxes.box[0]; word++, at += 4) {
                const int64_t x = box.corner[0] + static_cast<int64_t>(word);
                void *to = block.shared_memory(box.rank).at(boxes.swizzled != 0 ? swizzle(at) : at);
                if (inside && x >= 0 && x < static_cast<int64_t>(boxes.size[0])) {
                    const int64_t words = static_cast<int64_t>(boxes.size[0]), rows = static_cast<int64_t>(boxes.size[1]);
                    std::memcpy(to, boxes.array + 4 * ((z * rows + y) * words + x), 4);
                } else {
                    std::memset(to, 0, 4);
                }
            }
        }
    }
    Barrier &barrier = barriers.at(box.barrier);
    barrier.bytes -= static_cast<int64_t>(boxes.bytes());
    end_phase(barrier);
    return {};
}

Failure BulkCopies::left() const {
    return under_way.empty() ? Failure{}
                             : Failure{IONFORGE_EMULATOR_SHARED_MEMORY, under_way.front().place + ": under way when the last lane left"};
}

void mbarrier_init(uint64_t *barrier, unsigned arrivals, const char *file, int line) {
    Block::current().bulk_copies().make_barrier(barrier, arrivals, place_of("mbarrier_init", file, line));
}

void mbarrier_expect(uint64_t *barrier, unsigned bytes, const char *file, int line) {
    Block::current().bulk_copies().expect(barrier, bytes, place_of("mbarrier_expect", file, line));
}

void mbarrier_arrive(uint64_t *barrier, unsigned rank, const char *file, int line) {
    Block::current().bulk_copies().arrive_at(barrier, rank, place_of("mbarrier_arrive", file, line));
}

void mbarrier_wait(uint64_t *barrier, unsigned parity, const char *file, int line) {
    Block::current().bulk_copies().check_wait(barrier, place_of("mbarrier_wait", file, line));
    lane->value = reinterpret_cast<uint64_t>(barrier);
    lane->source = parity;
    lane->mask = 0;
    wait(Collective::mbarrier, file, line);
}

void bulk_copy(void *shared, const TensorMap &map, int x, int y, int z, uint64_t *barrier, unsigned blocks, const char *file, int line) {
    Block::current().bulk_copies().copy(shared, map, {x, y, z}, barrier, blocks, place_of("bulk_copy", file, line));
}

}  // namespace ionforge::emulator
