// Asynchronous copies, matrix loads and products of one warp.
#include "tensor.h"

#include <cstring>

#include "block.h"

namespace ionforge::emulator {
namespace {

constexpr unsigned char POISON = 0xCD;

bool aligned(const void *p) { return reinterpret_cast<uintptr_t>(p) % 16 == 0; }

const FragmentOperands &of(void *const *lanes, int lane) { return *static_cast<const FragmentOperands *>(lanes[lane]); }

// Rows of 8 elements of 16 bits. A quarter of the loads is one pass through shared memory if its 8 rows lie in different banks.
template <int MATRICES, bool TRANSPOSED> const char *load_matrices(void *const *lanes) {
    const SharedMemory &shared = Block::current().shared_memory();
    uint16_t elements[MATRICES][8][8];
    for (int i = 0; i < MATRICES * 8; i++) {
        const void *row = of(lanes, i).a;
        if (!aligned(row)) {
            return "a row whose address is no multiple of 16";
        }
        if (!shared.contains(row, 16)) {
            return "a row outside the block's shared memory";
        }
        std::memcpy(elements[i / 8][i % 8], row, 16);
    }
    for (int matrix = 0; matrix < MATRICES; matrix++) {
        unsigned banks = 0;
        for (int i = 0; i < 8; i++) {
            banks |= 1u << (shared_address(of(lanes, 8 * matrix + i).a) / 16 % 8);
        }
        count_bank_conflicts(8 - __builtin_popcount(banks));
        for (int lane = 0; lane < 32; lane++) {
            const int row = lane / 4, column = 2 * (lane % 4);
            const uint16_t low = TRANSPOSED ? elements[matrix][column][row] : elements[matrix][row][column];
            const uint16_t high = TRANSPOSED ? elements[matrix][column + 1][row] : elements[matrix][row][column + 1];
            static_cast<uint32_t *>(of(lanes, lane).out)[matrix] = low | static_cast<uint32_t>(high) << 16;
        }
    }
    return nullptr;
}

// The operands as matrices of words: row i of a and column j of b are 32 bytes, whatever the type.
struct Operands {
    uint32_t a[16][8], b[8][8];

    explicit Operands(void *const *lanes) {
        for (int lane = 0; lane < 32; lane++) {
            const int g = lane / 4, t = lane % 4;
            for (int r = 0; r < 4; r++) {
                a[g + 8 * (r % 2)][t + 4 * (r / 2)] = static_cast<const uint32_t *>(of(lanes, lane).a)[r];
            }
            for (int r = 0; r < 2; r++) {
                b[g][t + 4 * r] = static_cast<const uint32_t *>(of(lanes, lane).b)[r];
            }
        }
    }
};

// c[i][j] = sum(row i of a, column j of b, c[i][j]).
template <typename C, typename Sum> void accumulate(void *const *lanes, Sum sum) {
    const Operands operands(lanes);
    for (int lane = 0; lane < 32; lane++) {
        for (int r = 0; r < 4; r++) {
            C &c = static_cast<C *>(of(lanes, lane).out)[r];
            c = sum(operands.a[lane / 4 + 8 * (r / 2)], operands.b[2 * (lane % 4) + r % 2], c);
        }
    }
}

template <typename A> const char *multiply_bytes(void *const *lanes) {
    accumulate<int32_t>(lanes, [](const uint32_t *row, const uint32_t *column, int32_t c) {
        A x[32];
        int8_t y[32];
        std::memcpy(x, row, 32);
        std::memcpy(y, column, 32);
        int32_t sum = 0;  // 32 products fit; only the addition to c may wrap
        for (int k = 0; k < 32; k++) {
            sum += x[k] * y[k];
        }
        return static_cast<int32_t>(static_cast<uint32_t>(c) + static_cast<uint32_t>(sum));
    });
    return nullptr;
}

const char *multiply_bf16(void *const *lanes) {
    accumulate<float>(lanes, [](const uint32_t *row, const uint32_t *column, float c) {
        double sum = 0;
        for (int k = 0; k < 8; k++) {
            sum += static_cast<double>(__uint_as_float(row[k] << 16)) * __uint_as_float(column[k] << 16);
            sum += static_cast<double>(__uint_as_float(row[k] & 0xffff0000u)) * __uint_as_float(column[k] & 0xffff0000u);
        }
        return static_cast<float>(sum + c);
    });
    return nullptr;
}

const char *multiply_tf32(void *const *lanes) {
    accumulate<float>(lanes, [](const uint32_t *row, const uint32_t *column, float c) {
        double sum = 0;
        for (int k = 0; k < 8; k++) {
            sum += static_cast<double>(__uint_as_float(row[k] & 0xffffe000u)) * __uint_as_float(column[k] & 0xffffe000u);
        }
        return static_cast<float>(sum + c);
    });
    return nullptr;
}

}  // namespace

const WarpOperation matrix_load_x2{"matrix_load_x2", load_matrices<2, false>};
const WarpOperation matrix_load_x4{"matrix_load_x4", load_matrices<4, false>};
const WarpOperation matrix_load_transposed_x2{"matrix_load_transposed_x2", load_matrices<2, true>};
const WarpOperation matrix_load_transposed_x4{"matrix_load_transposed_x4", load_matrices<4, true>};
const WarpOperation mma_s8{"mma_s8", multiply_bytes<int8_t>};
const WarpOperation mma_u8{"mma_u8", multiply_bytes<uint8_t>};
const WarpOperation mma_bf16{"mma_bf16", multiply_bf16};
const WarpOperation mma_tf32{"mma_tf32", multiply_tf32};

uint32_t shared_address(const void *p) { return Block::current().shared_memory().address(p); }

void async_copy(void *shared, const void *global, int bytes, const char *file, int line) {
    Block &block = Block::current();
    const bool odd = bytes < 0 || bytes > 16 || bytes % 4 != 0;
    if (odd || !aligned(shared) || !aligned(global) || !block.shared_memory().contains(shared, 16)) {
        block.fail({IONFORGE_EMULATOR_SHARED_MEMORY, place_of("async_copy_16", file, line) + (odd ? " of " + std::to_string(bytes) + " bytes"
                        : !aligned(shared) || !aligned(global) ? " with an address that is no multiple of 16" : " to memory outside the block's shared arrays")});
    }
    std::memset(shared, POISON, 16);
    lane->copies.push_back({shared, global, bytes, lane->copy_groups});
}

void async_commit() { lane->copy_groups++; }

void async_wait(unsigned still_under_way) {
    size_t done = 0;
    for (const AsyncCopy &copy : lane->copies) {
        if (copy.group + still_under_way >= lane->copy_groups) {
            break;
        }
        std::memset(copy.shared, 0, 16);
        if (copy.bytes > 0) {
            std::memcpy(copy.shared, copy.global, static_cast<size_t>(copy.bytes));
        }
        done++;
    }
    lane->unfenced |= done > 0;
    lane->copies.erase(lane->copies.begin(), lane->copies.begin() + static_cast<ptrdiff_t>(done));
}

}  // namespace ionforge::emulator
