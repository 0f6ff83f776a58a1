// Arguments of the signature keys, as every instruction set takes them. The contract is org.ionforge.compute.SpotKeys.
#pragma once
#include <cstdint>

namespace ionforge {

struct SpotColumns {
    const uint16_t *band;
    const uint32_t *time;
    const uint16_t *tx_square, *rx_square;
    const float *sfi, *distance;
};

struct SignatureRule {
    int32_t first_band, last_band;
    float least_km;
    const float *edges;  // [6], NaN where not used
};

}  // namespace ionforge
