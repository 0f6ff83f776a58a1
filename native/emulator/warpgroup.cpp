// Products of a warpgroup. A product is made when it is asked for, but its sums are poison until they are waited for, and then what
// it read from shared memory must still be there: a GPU may have read it at any time between.
#include "warpgroup.h"

#include <algorithm>
#include <cstring>

#include "block.h"

namespace ionforge::emulator {

// The operands as they were, and where those in shared memory lie.
struct WarpgroupProduct {
    static constexpr int ROWS = 64, COLUMNS = 256, DEPTH = 32;
    uint64_t a, b;
    bool a_shared;
    bool waited_for = false;
    unsigned char left[ROWS][DEPTH], right[COLUMNS][DEPTH];
};

namespace {

constexpr int SUMS = 128;
constexpr int32_t POISON = static_cast<int32_t>(0xCDCDCDCDu);

// Copies N rows of 32 bytes, two pieces beside each other, out of shared memory, from cores or from swizzled rows of 128 bytes; false
// if one lies outside it.
template <size_t N> bool gather(uint64_t descriptor, unsigned char (&rows)[N][32]) {
    const SharedMemory &shared = Block::current().shared_memory();
    const auto field = [descriptor](int from) { return static_cast<uint32_t>(descriptor >> from & 0x3fff) << 4; };
    const bool swizzled = descriptor >> 62 == 1;
    for (uint32_t row = 0; row < N; row++) {
        for (uint32_t core = 0; core < 2; core++) {
            const uint32_t start = field(0) + row / 8 * field(32);
            const void *piece = shared.at(swizzled ? swizzle(start + row % 8 * 128 + core * 16) : start + core * field(16) + row % 8 * 16);
            if (!shared.contains(piece, 16)) {
                return false;
            }
            std::memcpy(rows[row] + 16 * core, piece, 16);
        }
    }
    return true;
}

void from_registers(WarpgroupProduct &product, void *const *lanes) {
    for (int lane = 0; lane < 128; lane++) {
        for (int r = 0; r < 4; r++) {
            const int row = lane / 32 * 16 + lane % 32 / 4 + 8 * (r % 2), byte = lane % 4 * 4 + 16 * (r / 2);
            std::memcpy(product.left[row] + byte, static_cast<const WarpgroupOperands *>(lanes[lane])->registers + r, 4);
        }
    }
}

template <typename A> void multiply(const WarpgroupProduct &product, int32_t (&sums)[WarpgroupProduct::ROWS][WarpgroupProduct::COLUMNS]) {
    int32_t right[WarpgroupProduct::DEPTH][WarpgroupProduct::COLUMNS];
    for (int k = 0; k < WarpgroupProduct::DEPTH; k++) {
        for (int n = 0; n < WarpgroupProduct::COLUMNS; n++) {
            right[k][n] = static_cast<int8_t>(product.right[n][k]);
        }
    }
    std::memset(sums, 0, sizeof sums);
    for (int m = 0; m < WarpgroupProduct::ROWS; m++) {
        for (int k = 0; k < WarpgroupProduct::DEPTH; k++) {
            const int32_t x = static_cast<A>(product.left[m][k]);
            for (int n = 0; n < WarpgroupProduct::COLUMNS; n++) {
                sums[m][n] += x * right[k][n];
            }
        }
    }
}

const char *wrong_call(void *const *lanes) {
    const auto &first = *static_cast<const WarpgroupOperands *>(lanes[0]);
    for (int lane = 0; lane < 128; lane++) {
        const auto &each = *static_cast<const WarpgroupOperands *>(lanes[lane]);
        if (!each.self->arrived) {
            return "without warpgroup_arrive before it";
        }
        if (each.a != first.a || each.b != first.b || (each.registers == nullptr) != (first.registers == nullptr)) {
            return "with descriptors that differ from lane to lane";
        }
    }
    for (const uint64_t descriptor : {first.registers == nullptr ? first.a : 0, first.b}) {
        if (descriptor >> 62 == 1 && (descriptor >> 3 & 7) != 0) {
            return "of swizzled rows that start at no multiple of 1024";
        }
    }
    return Block::current().all_fenced() ? nullptr : "of copies that no async_proxy_fence made visible to it";
}

template <typename A> const char *multiply_warpgroup(void *const *lanes) {
    if (const char *wrong = wrong_call(lanes); wrong != nullptr) {
        return wrong;
    }
    const auto &first = *static_cast<const WarpgroupOperands *>(lanes[0]);
    auto product = std::make_shared<WarpgroupProduct>();
    product->a = first.a;
    product->b = first.b;
    product->a_shared = first.registers == nullptr;
    if ((product->a_shared && !gather(first.a, product->left)) || !gather(first.b, product->right)) {
        return "with a descriptor that reaches outside the block's shared memory";
    }
    if (!product->a_shared) {
        from_registers(*product, lanes);
    }
    int32_t sums[WarpgroupProduct::ROWS][WarpgroupProduct::COLUMNS];
    multiply<A>(*product, sums);
    for (int number = 0; number < 128; number++) {
        const auto &operands = *static_cast<const WarpgroupOperands *>(lanes[number]);
        std::vector<int32_t> value(operands.d, operands.d + SUMS);
        for (const WarpgroupSum &under_way : operands.self->sums) {
            value = under_way.d == operands.d ? under_way.value : value;
        }
        for (int i = 0; i < SUMS; i++) {
            const int32_t more = sums[number / 32 * 16 + number % 32 / 4 + 8 * (i % 4 / 2)][i / 4 * 8 + number % 4 * 2 + i % 2];
            value[static_cast<size_t>(i)] = static_cast<int32_t>(static_cast<uint32_t>(value[static_cast<size_t>(i)]) + static_cast<uint32_t>(more));
        }
        std::fill_n(operands.d, SUMS, POISON);
        operands.self->sums.push_back({product, operands.d, std::move(value), operands.self->product_groups});
    }
    return nullptr;
}

bool still_there(const WarpgroupProduct &product) {
    auto now = std::make_unique<WarpgroupProduct>();
    gather(product.b, now->right);
    if (product.a_shared) {
        gather(product.a, now->left);
    }
    return std::memcmp(now->right, product.right, sizeof product.right) == 0
        && (!product.a_shared || std::memcmp(now->left, product.left, sizeof product.left) == 0);
}

}  // namespace

const WarpOperation warpgroup_multiply_s8{"warpgroup_multiply_s8", multiply_warpgroup<int8_t>, 128};
const WarpOperation warpgroup_multiply_u8{"warpgroup_multiply_u8", multiply_warpgroup<uint8_t>, 128};

void warpgroup_wait(unsigned still_under_way, const char *file, int line) {
    std::vector<WarpgroupSum> &sums = lane->sums;
    const auto pending = std::find_if(sums.begin(), sums.end(), [still_under_way](const WarpgroupSum &each) {
        return each.group + still_under_way >= lane->product_groups;
    });
    for (auto done = sums.begin(); done != pending; ++done) {
        if (!done->product->waited_for && !still_there(*done->product)) {
            Block::current().fail({IONFORGE_EMULATOR_SHARED_MEMORY, place_of("warpgroup_wait", file, line)
                                       + ": shared memory that a product reads was written to while it was under way"});
        }
        done->product->waited_for = true;
        if (std::none_of(done + 1, sums.end(), [done](const WarpgroupSum &later) { return later.d == done->d; })) {
            std::copy(done->value.begin(), done->value.end(), done->d);
        }
    }
    sums.erase(sums.begin(), pending);
}

}  // namespace ionforge::emulator
