// The table of one instruction set (this file is compiled once for each).
#include "elementwise.h"
#include "operations.h"

#define STRINGIFY_(x) #x
#define STRINGIFY(x) STRINGIFY_(x)

namespace ionforge::IONFORGE_ISA {

const Operations operations = {
    .isa = STRINGIFY(IONFORGE_ISA),
    .grid_square_decode_f32 = grid_square_decode_f32,
    .great_circle_measure_f32 = great_circle_measure_f32,
    .solar_elevation_f32 = solar_elevation_f32,
    .silver_embedding_f32 = silver_embedding_f32,
    .sampling_keys_uniform_u64 = sampling_keys_uniform_u64,
    .sampling_keys_weighted_f64 = sampling_keys_weighted_f64,
    .moments_f32 = moments_f32,
    .products_f32 = products_f32,
};

}  // namespace ionforge::IONFORGE_ISA
