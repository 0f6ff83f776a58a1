// What the stand-ins for NVIDIA's libraries share: a product of matrices, done on the host when the driver's stream comes to it.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#define VENDOR extern "C" __attribute__((visibility("default")))

extern "C" int cuLaunchHostFunc(void *stream, void (*work)(void *), void *data);

namespace {

enum Element { ELEMENT_F32 = 0, ELEMENT_S8 = 3, ELEMENT_BF16 = 14 };  // as cudaDataType numbers them

// result[i, j] = Σ_k first[i, k]·second[k, j], each with its own distance from one index to the next, in elements.
struct Product {
    Element element;
    const void *first, *second;
    void *result;
    int64_t rows, columns, depth;
    int64_t first_row, first_depth, second_depth, second_column, result_row, result_column;
};

inline double at(const Product &product, const void *values, int64_t place) {
    if (product.element == ELEMENT_S8) {
        return static_cast<const int8_t *>(values)[place];
    }
    if (product.element == ELEMENT_F32) {
        return static_cast<double>(static_cast<const float *>(values)[place]);
    }
    const uint32_t bits = static_cast<uint32_t>(static_cast<const uint16_t *>(values)[place]) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return static_cast<double>(value);
}

inline void multiply(void *data) {
    const Product &product = *static_cast<const Product *>(data);
    for (int64_t i = 0; i < product.rows; i++) {
        for (int64_t j = 0; j < product.columns; j++) {
            double sum = 0;
            for (int64_t k = 0; k < product.depth; k++) {
                sum += at(product, product.first, i * product.first_row + k * product.first_depth) *
                       at(product, product.second, k * product.second_depth + j * product.second_column);
            }
            const int64_t place = i * product.result_row + j * product.result_column;
            if (product.element == ELEMENT_S8) {
                static_cast<int32_t *>(product.result)[place] = static_cast<int32_t>(sum);
            } else {
                static_cast<float *>(product.result)[place] = static_cast<float>(sum);
            }
        }
    }
}

// On the stream. What a recorded graph points to has to stay: nothing is taken back.
inline int launch(void *stream, const Product &product) { return cuLaunchHostFunc(stream, multiply, new Product(product)); }

inline bool aligned(const void *address) { return reinterpret_cast<uintptr_t>(address) % 16 == 0; }

// Descriptors that are open. Leaving one is a fault.
inline int open_descriptors = 0;

template <class Descriptor>
int create(Descriptor **made) {
    return *made = new Descriptor(), open_descriptors++, 0;
}

template <class Descriptor>
int destroy(Descriptor *made) {
    return delete made, open_descriptors--, 0;
}

inline void expect_none_open(const char *library) {
    if (open_descriptors != 0) {
        std::fprintf(stderr, "%s: %d descriptors left at the end\n", library, open_descriptors);
        std::abort();
    }
}

}  // namespace
