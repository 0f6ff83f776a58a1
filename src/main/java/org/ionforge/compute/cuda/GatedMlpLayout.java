package org.ionforge.compute.cuda;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;

/// Where the dense layers of a [GatedMlp] lie on the device: each as a padded matrix, and its gradient in slices of the rows.
///
/// Widths are rounded up to [#WIDTH] elements, so that rows are aligned and products need no rest; what pads is 0. The hidden layers of
/// the three heads are one layer, side by side: base, sun gate, storm gate. Slices are cut by shape and batch alone.
final class GatedMlpLayout {

    static final int WIDTH = 16;
    /// Sums that `gated_mlp_residuals_f32` leaves for each slice; the last three are the gradients of the heads' last biases.
    static final int LOSS_SUMS = 7;

    /// Numbers of a line of the table.
    static final int LINE = 8;

    static final String[] HEADS = {"base", "sunGate", "stormGate"};
    static final String[] SIDES = {"sunSide", "stormSide"};

    /// In a line of the table: a parameter that lies in no matrix or vector.
    private static final long NONE = -1;
    private static final int TILE = 128;
    /// Blocks of a weight gradient that fill a large GPU twice over.
    private static final int BLOCKS = 256;
    private static final int MOST_SLICES = 64;
    private static final int SLICE_ROWS = 512;

    /// Rows of the batch in slices, which are summed apart and then added in order.
    record Slices(int count, int rows) {

        /// As many as asked for, unless they get too short.
        static Slices of(int rows, int wanted) {
            int count = Math.clamp(Math.ceilDiv(rows, SLICE_ROWS), 1, Math.clamp(wanted, 1, MOST_SLICES));
            int each = padded(Math.ceilDiv(rows, count));
            return new Slices(Math.ceilDiv(rows, each), each);
        }
    }

    /// A dense layer with padded widths; places are in elements.
    ///
    /// @param weight     of W `[out, in]` among the matrices
    /// @param bias       of b `[out]` among the vectors
    /// @param outTrue    columns from here on are padding (the heads pad each for itself: `out`)
    /// @param partial    of its gradient `[slices, out·in + out]` among the partial sums; where a library multiplies it is one slice of
    ///                   the weight's alone
    /// @param byLibrary  whether a library multiplies; the bias's gradient is then summed apart
    /// @param biasSlices of the bias's gradient where it is summed apart, `[biasSlices, out]` behind the weight's
    record Dense(long weight, long bias, int in, int out, int outTrue, Slices slices, long partial, boolean byLibrary,
                 Slices biasSlices) {

        long sliceSize() {
            return (long) out * in + out;
        }

        /// Place of the bias's gradient among the partial sums, and the distance of its slices.
        long biasPartial() {
            return partial + (long) out * in;
        }

        long biasStride() {
            return byLibrary ? out : sliceSize();
        }

        private long endOfWeight() {
            return weight + (long) out * in;
        }

        private long endOfPartial() {
            return byLibrary ? biasPartial() + (long) biasSlices.count * out : partial + slices.count * sliceSize();
        }
    }

    final Dense trunk1;
    final Dense trunk2;
    final Dense heads;
    /// Padded widths of a head's hidden layer.
    final int wideBase;
    final int wideGate;
    /// Place of the last layers' weights `[heads.out]` among the vectors.
    final long last;
    /// Elements of all matrices and of all vectors (biases and last layers).
    final long matrices;
    final long vectors;
    /// Of what goes row by row.
    final Slices rowSlices;
    /// Place of the heads' sums `[rowSlices, 2, heads.out]` among the partial sums, and the elements of all of those.
    final long headSums;
    final long partials;
    private final GatedMlpShape shape;

    /// @param libraries who multiplies for the gradients of weights
    GatedMlpLayout(GatedMlpShape shape, int rows, GradientProviders libraries) {
        this.shape = shape;
        rowSlices = Slices.of(rows, MOST_SLICES);
        wideBase = padded(shape.baseHidden());
        wideGate = padded(shape.gateHidden());
        int in = padded(shape.trunkInputs());
        int wide1 = padded(shape.hidden1());
        int wide2 = padded(shape.hidden2());
        int wideHeads = wideBase + 2 * wideGate;
        trunk1 = new Dense(0, 0, in, wide1, shape.hidden1(), Slices.of(rows, BLOCKS / (tiles(wide1) * (in / WIDTH))), 0, false, rowSlices);
        trunk2 = new Dense(trunk1.endOfWeight(), wide1, wide1, wide2, shape.hidden2(), slices(rows, wide1, wide2, libraries.trunk2().isPresent()),
                trunk1.endOfPartial(), libraries.trunk2().isPresent(), rowSlices);
        heads = new Dense(trunk2.endOfWeight(), wide1 + wide2, wide2, wideHeads, wideHeads,
                slices(rows, wide2, wideHeads, libraries.heads().isPresent()), trunk2.endOfPartial(), libraries.heads().isPresent(), rowSlices);
        matrices = heads.endOfWeight();
        last = heads.bias + wideHeads;
        vectors = last + wideHeads;
        headSums = heads.endOfPartial();
        partials = headSums + 2L * rowSlices.count * wideHeads;
    }

    private static Slices slices(int rows, int in, int out, boolean byLibrary) {
        return byLibrary ? new Slices(1, rows) : Slices.of(rows, BLOCKS / (tiles(in) * tiles(out)));
    }

    private static int padded(int width) {
        return Math.ceilDiv(width, WIDTH) * WIDTH;
    }

    private static int tiles(int width) {
        return Math.ceilDiv(width, TILE);
    }

    private int sidecarParameters() {
        return 3 * shape.sidecarHidden() + 1;
    }

    /// Partial sums in double: `[rowSlices, LOSS_SUMS]`, then `[2, rowSlices, 3·sidecarHidden + 1]` of the sidecars.
    long doublePartials() {
        return sidecarSums() + 2L * rowSlices.count * sidecarParameters();
    }

    /// Place of the sidecars' sums among the partial sums in double.
    long sidecarSums() {
        return (long) rowSlices.count * LOSS_SUMS;
    }

    /// The table of `gated_mlp_step.cu`, a line of 8 for each run of parameters, in their order.
    long[] table() {
        LongStream.Builder table = LongStream.builder();
        weight(table, "trunk.1", trunk1, 0);
        bias(table, "trunk.1", trunk1);
        weight(table, "trunk.2", trunk2, 0);
        bias(table, "trunk.2", trunk2);
        for (int head = 0; head < HEADS.length; head++) {
            int start = head == 0 ? 0 : wideBase + (head - 1) * wideGate;
            GatedMlp.Tensor lastWeight = shape.tensor(HEADS[head] + ".2.weight");
            weight(table, HEADS[head] + ".1", heads, start);
            line(table, offset(HEADS[head] + ".1.bias"), 1, matrices + heads.bias + start, 1, headSums + heads.out + start,
                    2L * heads.out, rowSlices, false);
            line(table, lastWeight.offset(), lastWeight.columns(), matrices + last + start, 0, headSums + start, 2L * heads.out,
                    rowSlices, false);
            line(table, offset(HEADS[head] + ".2.bias"), 1, NONE, 1, LOSS_SUMS - HEADS.length + head, LOSS_SUMS, rowSlices, true);
        }
        for (int side = 0; side < SIDES.length; side++) {
            line(table, offset(SIDES[side] + ".1.weight"), 1, NONE, 1,
                    sidecarSums() + (long) side * rowSlices.count * sidecarParameters(), sidecarParameters(), rowSlices, true);
        }
        return table.build().toArray();
    }

    private void weight(LongStream.Builder table, String name, Dense layer, int row) {
        GatedMlp.Tensor weight = shape.tensor(name + ".weight");
        line(table, weight.offset(), weight.columns(), layer.weight + (long) row * layer.in, layer.in,
                layer.partial + (long) row * layer.in, layer.sliceSize(), layer.slices, false);
    }

    private void bias(LongStream.Builder table, String name, Dense layer) {
        line(table, offset(name + ".bias"), 1, matrices + layer.bias, 1, layer.biasPartial(), layer.biasStride(),
                layer.byLibrary ? layer.biasSlices : layer.slices, false);
    }

    private static void line(LongStream.Builder table, long first, long columns, long place, long stride, long partial, long sliceStride,
                             Slices slices, boolean inDouble) {
        Arrays.stream(new long[] {first, columns, place, stride, partial, sliceStride, slices.count, inDouble ? 1 : 0}).forEach(table);
    }

    private long offset(String tensor) {
        return shape.tensor(tensor).offset();
    }
}
