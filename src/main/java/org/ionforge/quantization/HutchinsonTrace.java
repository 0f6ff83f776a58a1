package org.ionforge.quantization;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Philox;

/// Hutchinson's estimate of the traces of the diagonal blocks of a Hessian H: `tr(H_b) = E[v_bᵀ (Hv)_b]` for v of independent signs
/// (Hutchinson 1990); shares of other blocks have mean 0 and only add to the spread.
///
/// Hv comes from central differences of gradients, `Hv ≈ (g(w + h·v) − g(w − h·v))/(2h)` with h of each block its own: `step` times the
/// root mean square of its parameters. The error is h²/6 times the third derivative along v, and the rounding of the gradients over h. Where
/// the gradient is that of a surrogate in place of a threshold's, there is no Hessian behind it, and its field jumps where spikes come
/// and go: what is estimated then is how fast the training's own gradient changes over distances of h. A step about as large as that
/// of a quantiser asks the question that matters to one.
public final class HutchinsonTrace {

    /// A run of parameters.
    public record Block(long offset, long length) {
    }

    /// The gradient of a loss, the same function at every call.
    public interface Gradients {

        /// @param parameters where
        /// @param gradient   is overwritten
        void at(float[] parameters, float[] gradient);
    }

    /// @param mean          over the draws
    /// @param standardError of the mean; NaN for a single draw
    public record Trace(double mean, double standardError) {

        /// The trace, or its standard error where that is more: an estimate below its own error says no more than that.
        public double atLeastItsError() {
            return Double.isNaN(standardError) ? Math.max(mean, 0) : Math.max(mean, standardError);
        }
    }

    private HutchinsonTrace() {
    }

    /// The traces of the blocks, by `draws` pairs of gradients.
    ///
    /// @param parameters w; left as they are
    /// @param blocks     that do not overlap; other parameters are held
    /// @param step       relative to the root mean square of a block
    /// @throws IllegalArgumentException without draws or step
    public static List<Trace> of(Gradients gradients, float[] parameters, List<Block> blocks, int draws, double step, long seed) {
        if (draws < 1 || !(step > 0)) {
            throw new IllegalArgumentException(draws + " draws with a step of " + step);
        }
        double[] steps = blocks.stream().mapToDouble(block -> step * rootMeanSquare(parameters, block)).toArray();
        double[][] found = new double[blocks.size()][draws];
        float[] moved = parameters.clone();
        float[] above = new float[parameters.length];
        float[] below = new float[parameters.length];
        for (int draw = 0; draw < draws; draw++) {
            move(parameters, moved, blocks, steps, 1, seed, draw);
            gradients.at(moved, above);
            move(parameters, moved, blocks, steps, -1, seed, draw);
            gradients.at(moved, below);
            for (int b = 0; b < blocks.size(); b++) {
                found[b][draw] = product(above, below, blocks.get(b), seed, draw) / (2 * steps[b]);
            }
        }
        List<Trace> traces = new ArrayList<>();
        for (double[] each : found) {
            traces.add(trace(each));
        }
        return traces;
    }

    private static double rootMeanSquare(float[] parameters, Block block) {
        double sum = 0;
        for (long i = block.offset(); i < block.offset() + block.length(); i++) {
            sum += (double) parameters[(int) i] * parameters[(int) i];
        }
        double root = Math.sqrt(sum / block.length());
        return root > 0 ? root : 1;
    }

    private static void move(float[] from, float[] to, List<Block> blocks, double[] steps, int direction, long seed, int draw) {
        for (int b = 0; b < blocks.size(); b++) {
            Block block = blocks.get(b);
            for (long i = block.offset(); i < block.offset() + block.length(); i++) {
                to[(int) i] = (float) (from[(int) i] + direction * steps[b] * sign(seed, i, draw));
            }
        }
    }

    /// vᵀ(g⁺ − g⁻) within a block.
    private static double product(float[] above, float[] below, Block block, long seed, int draw) {
        double sum = 0;
        for (long i = block.offset(); i < block.offset() + block.length(); i++) {
            sum += sign(seed, i, draw) * ((double) above[(int) i] - below[(int) i]);
        }
        return sum;
    }

    /// 1 or −1, 64 of them from one counter.
    private static int sign(long seed, long i, int draw) {
        return (Philox.bits(seed, i >>> 6, draw) >>> i & 1) == 0 ? 1 : -1;
    }

    private static Trace trace(double[] draws) {
        double mean = 0;
        for (double draw : draws) {
            mean += draw / draws.length;
        }
        double squares = 0;
        for (double draw : draws) {
            squares += (draw - mean) * (draw - mean);
        }
        return new Trace(mean, draws.length == 1 ? Double.NaN : Math.sqrt(squares / (draws.length - 1) / draws.length));
    }
}
