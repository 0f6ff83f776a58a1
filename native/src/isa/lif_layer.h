// The parameters of a layer's neurons as tiles read them, and the sums of their gradients over tiles.
#pragma once
#include <algorithm>

#include "lif_tile.h"
#include "pieces.h"

namespace ionforge::IONFORGE_ISA {

inline int64_t words_of(int64_t neurons) { return (neurons + WORD - 1) / WORD; }

// Room for the parameters of a layer, padded to whole words or, where all neurons share one, 32 times that.
class LayerParameters {
public:
    LayerParameters(const ionforge_lif_neurons &of, int64_t neurons, Pieces &pieces);

    // Fills the room and says what lies there.
    LifLayer fill() const;

private:
    enum { LEAK, THRESHOLD, SLOPE, OFFSET, BY_STATE, BY_INPUT, ARRAYS };

    bool each(int array) const;

    const ionforge_lif_neurons &given;
    int64_t neurons;
    float *arrays[ARRAYS];
};

// The gradients of leak, threshold, slope and offset, summed over tiles in an order that the grid of tiles fixes.
class ShareSums {
public:
    // `rows` × `columns` tiles, a column of `words` words.
    ShareSums(const ionforge_lif_gradients &gradients, int32_t per_neuron, int64_t neurons, int64_t rows, int64_t columns, int64_t words,
              int64_t lanes, Pieces &pieces);

    // What the tile that a lane works on shall fill.
    ParameterShares of_lane(int64_t lane) const;
    // Takes over what the tile has filled.
    void take(int64_t row, int64_t column, int64_t lane) const;
    // Writes the gradients.
    void write() const;

private:
    struct Share {
        float *gradient;
        bool each;
        double *lanes, *parts;  // [lanes, words·32]; [rows, columns·words·32], or [rows, columns] if shared
    };

    int64_t neurons, rows, columns, width;
    Share shares[4];
};

}  // namespace ionforge::IONFORGE_ISA
