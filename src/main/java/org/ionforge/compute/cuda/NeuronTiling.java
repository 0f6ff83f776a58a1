package org.ionforge.compute.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.QuantizedGemm.Format;

/// How a product with neurons behind it is cut: a tile's rows are `samples` samples by `span` steps. Where the steps are more than
/// a span, a block makes one span after the other and its neurons rest in between.
///
/// @param span all steps where the input is constant, which is multiplied once
record NeuronTiling(GemmTile tile, int samples, int span) {

    private static final int MOST_SPANS = 8;

    /// The cut with the least expected time on that device.
    static NeuronTiling fastest(Device device, ElementType activations, Format format, Lif.Shape shape, boolean constant) {
        List<NeuronTiling> candidates = new ArrayList<>();
        for (GemmTile tile : GemmTile.values()) {
            if (device.has(tile.neuronKernel(activations, format))
                    && tile.neuronSharedBytes(activations, format) <= device.capability().sharedBytes()) {
                candidates.addAll(of(tile, shape, constant));
            }
        }
        return candidates.stream().min(Comparator.comparingDouble(each -> each.cost(shape, device.multiprocessors()))).orElseThrow();
    }

    /// The cuts of a tile, fewest spans first.
    static List<NeuronTiling> of(GemmTile tile, Lif.Shape shape, boolean constant) {
        if (constant) {
            return List.of(new NeuronTiling(tile, Math.min(tile.rows(), shape.batch()), shape.steps()));
        }
        List<NeuronTiling> cuts = new ArrayList<>();
        int fewest = Math.ceilDiv(shape.steps(), tile.rows());
        for (int spans = fewest; spans < fewest + MOST_SPANS && spans <= shape.steps(); spans++) {
            int span = Math.ceilDiv(shape.steps(), spans);
            cuts.add(new NeuronTiling(tile, Math.min(tile.rows() / span, shape.batch()), span));
        }
        return cuts;
    }

    int spans(Lif.Shape shape) {
        return Math.ceilDiv(shape.steps(), span);
    }

    long blocks(Lif.Shape shape) {
        return tile.tiles(Math.ceilDiv(shape.batch(), samples), shape.neurons());
    }

    private double cost(Lif.Shape shape, int processors) {
        return spans(shape) * tile.cost(blocks(shape), processors);
    }
}
