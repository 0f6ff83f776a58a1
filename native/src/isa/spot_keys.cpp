// Keys by which spots are grouped (org.ionforge.compute.SpotKeys): 8 and 26 bytes a spot and some tens of whole-number operations,
// bound by memory.
#include "elementwise.h"

namespace ionforge::IONFORGE_ISA {

void spot_bucket_u32(const uint32_t *__restrict time, uint32_t *__restrict bucket, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        bucket[i] = time[i] / 10800u;
    }
}

void spot_signature_u64(const SpotColumns &spots, const SignatureRule &rule, uint64_t *__restrict keys, int64_t n) {
    constexpr uint32_t SQUARES = 32400;
    const float e1 = rule.edges[0], e2 = rule.edges[1], e3 = rule.edges[2], e4 = rule.edges[3], e5 = rule.edges[4], e6 = rule.edges[5];
    const uint32_t first = static_cast<uint32_t>(rule.first_band), last = static_cast<uint32_t>(rule.last_band);
    const float least = rule.least_km;
    const uint16_t *__restrict bands = spots.band, *__restrict tx_squares = spots.tx_square, *__restrict rx_squares = spots.rx_square;
    const uint32_t *__restrict times = spots.time;
    const float *__restrict fluxes = spots.sfi, *__restrict distances = spots.distance;
    for (int64_t i = 0; i < n; i++) {
        const uint32_t band = bands[i], tx = tx_squares[i], rx = rx_squares[i], hour = times[i] / 3600u % 24u;
        const float flux = fluxes[i];
        const uint32_t solar = static_cast<uint32_t>(flux == flux) + static_cast<uint32_t>(flux >= e1) + static_cast<uint32_t>(flux >= e2)
                               + static_cast<uint32_t>(flux >= e3) + static_cast<uint32_t>(flux >= e4)
                               + static_cast<uint32_t>(flux >= e5) + static_cast<uint32_t>(flux >= e6);
        const uint32_t counts = static_cast<uint32_t>(band >= first) & static_cast<uint32_t>(band <= last)
                                & static_cast<uint32_t>(distances[i] >= least) & static_cast<uint32_t>(tx < SQUARES)
                                & static_cast<uint32_t>(rx < SQUARES);
        const uint32_t outside = counts - 1;  // all ones where the spot belongs to no signature
        const uint32_t low = (tx << 18 | rx << 3 | solar) | outside, high = (band << 6 | hour << 1 | tx >> 14) | outside;
        keys[i] = static_cast<uint64_t>(high) << 32 | low;
    }
}

}  // namespace ionforge::IONFORGE_ISA
