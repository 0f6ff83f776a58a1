// Lanes of a block, or of a cluster of blocks, as fibers, in rounds: each live lane runs to its next collective, then collectives
// that all their participants have reached resolve. A kernel that reaches none runs its lanes one after the other on one fiber, as
// plain calls.
#include "block.h"

#include <algorithm>
#include <cstring>

namespace ionforge::emulator {

constinit thread_local Lane *lane = nullptr;

namespace {

const char *word(Collective what) {
    switch (what) {
        case Collective::barrier: return "block_sync";
        case Collective::sync: return "warp_sync";
        case Collective::shuffle: return "a warp shuffle";
        case Collective::ballot: return "a warp vote";
        case Collective::part: return "block_sync_of";
        case Collective::cluster: return "cluster_sync";
        case Collective::mbarrier: return "mbarrier_wait";
        default: return "nothing";
    }
}

std::string call_name(const Lane &of) { return of.at == Collective::operation ? of.operation->name : word(of.at); }

std::string position(const char *file, int line) {
    const char *slash = std::strrchr(file, '/');
    return std::string(slash == nullptr ? file : slash + 1) + ":" + std::to_string(line);
}

std::string position(const Lane &of) { return position(of.file, of.line); }

bool same_call(const Lane &a, const Lane &b) {
    const bool of_all = a.at == Collective::barrier || a.at == Collective::cluster;  // and of no mask
    return a.at == b.at && a.line == b.line && (of_all || a.mask == b.mask) && std::strcmp(a.file, b.file) == 0;
}

}  // namespace

std::string place_of(const char *what, const char *file, int line) { return std::string(what) + " at " + position(file, line); }

void wait(Collective what, const char *file, int line) {
    lane->at = what;
    lane->file = file;
    lane->line = line;
    Block::current().suspend();
}

void *shared_array(const SharedSite &site) {
    Failure why;
    void *array = Block::current().shared_memory().array(site, why);
    if (why) {
        Block::current().fail(why);
    }
    return array;
}

void *dynamic_shared(bool floating) {
    Failure why;
    void *array = Block::current().shared_memory().dynamic(floating, why);
    if (why) {
        Block::current().fail(why);
    }
    return array;
}

Block::Block() : fibers(&Block::fiber_main) {}

Block &Block::current() {
    static thread_local Block block;
    return block;
}

void Block::fiber_main() {
    Block &block = current();
    Fiber *fiber = static_cast<Fiber *>(lane->fiber);
    entered(fiber->context, block.scheduler);
    for (;;) {
        block.call(block.parameters);
        if (const size_t left = lane->copies.size() + lane->sums.size(); left > 0) {
            block.fail({IONFORGE_EMULATOR_SHARED_MEMORY, "lane " + std::to_string(lane->number) + " leaves with " + std::to_string(left)
                                                             + " asynchronous copies or products under way"});
        }
        lane->gone = true;
        lane->fiber = nullptr;
        block.live--;
        block.members[lane->rank].live--;
        if (Lane *next = block.next_fresh(); next != nullptr) {
            next->fiber = fiber;
            lane = next;
        } else {
            switch_context(fiber->context, block.scheduler);
        }
    }
}

// The lane after this one in the sweep, if it has not started yet: it can run on the fiber that just became free.
Lane *Block::next_fresh() {
    if (cursor + 1 < order.size() && order[cursor + 1]->fiber == nullptr && !order[cursor + 1]->gone) {
        return order[++cursor];
    }
    return nullptr;
}

void Block::suspend() { switch_context(static_cast<Fiber *>(lane->fiber)->context, scheduler); }

void Block::fail(const Failure &why) {
    failure = why;
    for (;;) {
        suspend();
    }
}

Failure Block::run(Call kernel, void **values, const Geometry &first, unsigned cluster, unsigned dynamic_bytes, const Schedule &schedule) {
    call = kernel;
    parameters = values;
    failure = {};
    begin(first, cluster, dynamic_bytes);
    const Index grid = first.grid_size;
    const uint64_t number = first.block.x + static_cast<uint64_t>(grid.x) * (first.block.y + static_cast<uint64_t>(grid.y) * first.block.z);
    for (uint64_t round = 0; live > 0 && !failure; round++) {
        sweep(schedule, mix(number) + round);
        if (live > 0 && !failure) {
            resolve(schedule, mix(number) + round);
        }
    }
    for (const Member &each : members) {
        Failure overrun = each.shared->check();
        failure = failure ? failure : std::move(overrun);
    }
    failure = failure ? failure : copies.left();
    if (live > 0) {
        fibers.reset();
    }
    return failure;
}

void Block::begin(const Geometry &first, unsigned cluster, unsigned dynamic_bytes) {
    const Index size = first.block_size;
    const unsigned threads = size.x * size.y * size.z;
    members.resize(cluster);
    lanes.assign(static_cast<size_t>(cluster) * threads, Lane{});
    order.resize(lanes.size());
    live = lanes.size();
    copies.begin();
    for (unsigned rank = 0; rank < cluster; rank++) {
        Member &member = members[rank];
        member.geometry = first;
        member.geometry.block.x += rank;
        member.live = threads;
        if (member.shared == nullptr) {
            member.shared = std::make_unique<SharedMemory>();
        }
        member.shared->begin(dynamic_bytes);
        for (unsigned i = 0; i < threads; i++) {
            Lane &each = lanes[rank * threads + i];
            each.number = i;
            each.rank = rank;
            each.thread = {i % size.x, i / size.x % size.y, i / size.x / size.y};
            each.geometry = &member.geometry;
        }
    }
}

void Block::sweep(const Schedule &schedule, uint64_t salt) {
    const Schedule::Order permutation = schedule.order(lanes.size(), salt);
    for (size_t i = 0; i < lanes.size(); i++) {
        order[i] = &lanes[permutation[i]];
    }
    for (cursor = 0; cursor < order.size() && !failure; cursor++) {
        Lane &next = *order[cursor];
        if (next.gone || next.at != Collective::none) {
            continue;
        }
        if (next.fiber == nullptr) {
            next.fiber = fibers.take();
        }
        Fiber *fiber = static_cast<Fiber *>(next.fiber);
        lane = &next;
        switch_context(scheduler, fiber->context);
        if (lane->gone) {
            fibers.give(fiber);
        }
    }
}

// Every live lane waits. Lets go on one warp whose collective is complete, so that it runs ahead of the others as far as a barrier
// lets it (or, at random, half of those warps); where there is none, complete barriers; and bulk copies arrive as late as can be, one
// by one (or, at random, at any time). A failure if nothing is left to happen.
void Block::resolve(const Schedule &schedule, uint64_t salt) {
    const auto size = static_cast<unsigned>(lanes.size() / members.size()), of_block = (size + 31) / 32;
    const Schedule::Order warps = schedule.order(of_block * members.size(), salt);
    const bool random = schedule.kind == IONFORGE_EMULATOR_RANDOM;
    if (random && (mix(~salt) & 1) != 0) {
        failure = copies.arrive(schedule, salt);
    }
    bool released = false;
    for (unsigned place = 0; place < warps.n && !failure; place++) {
        if (released && (!random || (mix(salt + place) & 1) != 0)) {
            continue;
        }
        const auto warp = static_cast<unsigned>(warps[place]);
        const unsigned first = warp / of_block * size + warp % of_block * 32;
        released |= resolve_warp(first, std::min(first + 32, (warp / of_block + 1) * size));
    }
    if (failure || released || resolve_barriers()) {
        return;
    }
    if (copies.empty()) {
        stuck();
    } else {
        failure = copies.arrive(schedule, salt);
    }
}

bool Block::resolve_warp(unsigned first, unsigned end) {
    bool released = false;
    for (unsigned i = first; i < end && !failure; i++) {
        if (lanes[i].gone) {
            continue;
        }
        switch (lanes[i].at) {
            case Collective::none:
            case Collective::barrier:
            case Collective::part:
            case Collective::cluster: break;
            case Collective::operation: released |= perform_operation(i); break;
            case Collective::mbarrier:
                if (copies.phase_is_over(lanes[i])) {
                    lanes[i].at = Collective::none;
                    released = true;
                }
                break;
            default: released |= resolve_group(first, end, lanes[i]);
        }
    }
    return released;
}

// The warp collective that `one` waits at, if all lanes of its mask have come.
bool Block::resolve_group(unsigned first, unsigned end, const Lane &one) {
    const Lane &asked = one;
    unsigned here = 0, left = FULL_WARP;
    for (unsigned i = first; i < end; i++) {
        here |= static_cast<unsigned>(!lanes[i].gone && same_call(lanes[i], asked)) << (i - first);
        left &= ~(static_cast<unsigned>(!lanes[i].gone) << (i - first));
    }
    const auto call_text = [&asked] { return call_name(asked) + " at " + position(asked); };
    if ((asked.mask >> (&asked - &lanes[first]) & 1) == 0) {
        failure = {IONFORGE_EMULATOR_WARP, "lane " + std::to_string(asked.number) + " calls " + call_text() + " with a mask that does not name it"};
        return false;
    }
    if ((asked.mask & left) != 0) {
        failure = {IONFORGE_EMULATOR_WARP, call_text() + " names lane " + std::to_string(asked.number / 32 * 32 + __builtin_ctz(asked.mask & left))
                                               + ", which has left the kernel or never was (block sizes are multiples of 32)"};
        return false;
    }
    if (here != asked.mask) {
        return false;
    }
    unsigned votes = 0;
    for (unsigned i = first; i < end; i++) {
        votes |= static_cast<unsigned>((here >> (i - first) & 1) != 0 && lanes[i].value != 0) << (i - first);
    }
    for (unsigned i = first; i < end; i++) {
        if ((here >> (i - first) & 1) == 0) {
            continue;
        }
        if ((asked.mask >> lanes[i].source & 1) == 0) {
            failure = {IONFORGE_EMULATOR_WARP, "lane " + std::to_string(lanes[i].number) + " reads lane " + std::to_string(asked.number / 32 * 32 + lanes[i].source) + " in " + call_text()
                                                   + ", which takes no part"};
            return false;
        }
        lanes[i].result = asked.at == Collective::ballot ? votes : lanes[first + lanes[i].source].value;
    }
    for (unsigned i = first; i < end; i++) {
        if ((here >> (i - first) & 1) != 0) {
            lanes[i].at = Collective::none;
        }
    }
    return true;
}

// The operation of a warp or warpgroup that a lane waits at, if all of it have come.
bool Block::perform_operation(unsigned lane_of_it) {
    const Lane &one = lanes[lane_of_it];
    const unsigned width = one.operation->lanes, lowest = one.number / width * width;
    const size_t block = lanes.size() / members.size(), first = one.rank * block + lowest;
    void *operands[128] = {};
    for (unsigned i = 0; i < width; i++) {
        if (lowest + i >= block || lanes[first + i].gone) {
            failure = {IONFORGE_EMULATOR_WARP, call_name(one) + " at " + position(one) + " is of all " + std::to_string(width) + " lanes; lane "
                                                   + std::to_string(lowest + i) + " has left the kernel or never was"};
            return false;
        }
        if (!same_call(lanes[first + i], one)) {
            return false;
        }
        operands[i] = lanes[first + i].operands;
    }
    lane = &lanes[first];  // whose shared memory it is
    if (const char *wrong = one.operation->perform(operands); wrong != nullptr) {
        failure = {IONFORGE_EMULATOR_WARP, call_name(one) + " at " + position(one) + ": " + wrong};
        return false;
    }
    for (unsigned i = 0; i < width; i++) {
        lanes[first + i].at = Collective::none;
    }
    return true;
}

bool Block::all_fenced() const {
    return std::none_of(lanes.begin(), lanes.end(), [](const Lane &each) { return each.rank == lane->rank && each.unfenced; });
}

// The barriers of blocks and of the cluster that all of them have reached.
bool Block::resolve_barriers() {
    const auto size = static_cast<unsigned>(lanes.size() / members.size());
    bool released = resolve_barrier(0, static_cast<unsigned>(lanes.size()), Collective::cluster);
    for (unsigned rank = 0; rank < members.size(); rank++) {
        const Lane &first = lanes[rank * size];
        const bool part = first.at == Collective::part;
        released |= resolve_barrier(rank * size, rank * size + (part ? std::min(first.mask, size) : size), part ? Collective::part : Collective::barrier);
    }
    return released;
}

bool Block::resolve_barrier(unsigned first, unsigned end, Collective what) {
    for (unsigned i = first; i < end; i++) {
        if (lanes[i].gone || lanes[i].at != what || !same_call(lanes[i], lanes[first])) {
            return false;
        }
    }
    for (unsigned i = first; i < end; i++) {
        lanes[i].at = Collective::none;
    }
    return true;
}

void Block::stuck() {
    const bool warp_only = std::all_of(lanes.begin(), lanes.end(), [](const Lane &each) {
        return each.gone || (each.at >= Collective::sync && each.at != Collective::mbarrier);
    });
    failure = {warp_only ? IONFORGE_EMULATOR_WARP : IONFORGE_EMULATOR_DIVERGENT_BARRIER,
               std::string(warp_only ? "divergent warp collective: " : "divergent barrier: ") + places()};
}

// Where the lanes are, for people: "32 lanes (first 0) wait at block_sync, x.cu:12; 224 lanes (first 32) have left".
std::string Block::places() const {
    std::string text;
    std::vector<bool> told(lanes.size(), false);
    for (size_t i = 0; i < lanes.size(); i++) {
        if (told[i]) {
            continue;
        }
        size_t count = 0;
        for (size_t j = i; j < lanes.size(); j++) {
            if (lanes[i].gone ? lanes[j].gone : !lanes[j].gone && same_call(lanes[i], lanes[j])) {
                told[j] = true;
                count++;
            }
        }
        text += (text.empty() ? "" : "; ") + std::to_string(count) + " lanes (first " + std::to_string(lanes[i].number)
                + (lanes[i].rank == 0 ? "" : " of block " + std::to_string(lanes[i].rank) + " of the cluster") + ") "
                + (lanes[i].gone ? "have left" : "wait at " + call_name(lanes[i]) + ", " + position(lanes[i]))
                + (!lanes[i].gone && lanes[i].at == Collective::mbarrier ? copies.missing(lanes[i]) : "");
    }
    return text;
}

}  // namespace ionforge::emulator
