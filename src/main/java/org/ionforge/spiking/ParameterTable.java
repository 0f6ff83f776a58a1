package org.ionforge.spiking;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ionforge.compute.Surrogate;

/// Where each tensor of a network lies in its one flat buffer of parameters. Tensors begin at multiples of 16 floats, a cache line;
/// what lies between them is 0.
public final class ParameterTable {

    private static final int LINE = 16;

    /// What a tensor is, which decides how it is trained.
    public enum Kind {
        /// F32 `[N, K]`.
        WEIGHT,
        /// `[N]`.
        BIAS,
        /// λ of the dialect, `[1]`.
        LEAK,
        /// θ, `[1]`.
        THRESHOLD,
        /// k of a learnable surrogate, `[1]`; there only with one.
        SLOPE,
        /// o of a learnable surrogate, `[1]`; there only with one.
        OFFSET,
        /// Scales of the weights' codes, `[N]`: trained if they are learned, else computed from the weights.
        WEIGHT_SCALE,
        /// Scale of the current's codes, `[1]`: computed from what was observed.
        CURRENT_SCALE,
        /// Smallest and largest current that were observed, `[2]`.
        CURRENT_RANGE
    }

    /// One tensor.
    ///
    /// @param name    `layers.0.weight`
    /// @param layer   from 0
    /// @param offset  of its first element
    /// @param rows    N of a weight `[N, K]`, else its length
    /// @param columns K of a weight, else 1
    public record Entry(String name, Kind kind, int layer, long offset, int rows, int columns) {

        public long length() {
            return (long) rows * columns;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private long length;

    public ParameterTable(NetworkOptions options) {
        List<NetworkShape.Layer> layers = options.shape().layers();
        for (int index = 0; index < layers.size(); index++) {
            NetworkShape.Layer layer = layers.get(index);
            add(Kind.WEIGHT, index, layer.neurons(), layer.inputs());
            add(Kind.BIAS, index, layer.neurons(), 1);
            add(Kind.LEAK, index, 1, 1);
            add(Kind.THRESHOLD, index, 1, 1);
            if (options.surrogate().shape() == Surrogate.Shape.LEARNABLE) {
                add(Kind.SLOPE, index, 1, 1);
                add(Kind.OFFSET, index, 1, 1);
            }
            add(Kind.WEIGHT_SCALE, index, layer.neurons(), 1);
            add(Kind.CURRENT_SCALE, index, 1, 1);
            add(Kind.CURRENT_RANGE, index, 2, 1);
        }
    }

    private void add(Kind kind, int layer, int rows, int columns) {
        entries.add(new Entry("layers." + layer + "." + kind.name().toLowerCase(Locale.ROOT), kind, layer, length, rows, columns));
        length = Math.ceilDiv(length + (long) rows * columns, LINE) * LINE;
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /// @throws IllegalArgumentException if the network has no such tensor
    public Entry entry(Kind kind, int layer) {
        return entries.stream().filter(each -> each.kind() == kind && each.layer() == layer).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("layer " + layer + " has no " + kind));
    }

    /// The tensor that an element of the flat buffer belongs to, or the one before it.
    public Entry holding(long element) {
        Entry found = entries.getFirst();
        for (Entry each : entries) {
            if (each.offset() <= element) {
                found = each;
            }
        }
        return found;
    }

    /// Elements of the flat buffer, gaps between tensors included.
    public long length() {
        return length;
    }
}
