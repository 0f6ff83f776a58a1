package org.ionforge.compute;

/// The cross entropy of class scores, its gradient, and how many samples the largest score gets right.
///
/// With z = scale·x[b] and the label y of sample b: `loss_b = ln Σ_c exp(z_c) − z_y`, the sum taken about the largest z;
/// `gradient[b,c] = scale·(softmax(z)_c − [c = y])/B`. The answer is the first of the largest scores. A row with a NaN, or whose
/// index or label lies outside, has a loss and gradients of NaN and no answer.
///
/// Bounds against the reference: gradients 1e-6 of scale/B, the loss 1e-6 of its size and 1e-6 a sample; counts are equal.
/// Operations: an exponential a score; bytes: 8 a score. Small beside the layers before it.
public interface CrossEntropy {

    /// Elements of the totals: sum of losses, right answers, samples.
    int TOTALS = 3;

    /// @param samples B, 1 or more
    /// @param classes C, 1 to 256
    record Shape(int samples, int classes) {

        public Shape {
            if (samples < 1 || classes < 1 || classes > 256) {
                throw new IllegalArgumentException("no scores of " + samples + " samples in " + classes + " classes (1 to 256)");
            }
        }
    }

    /// Whose classes are asked for: sample b of the batch is row `index[first + b]` of the data.
    ///
    /// @param labels U8 `[rows]`
    /// @param index  S32 `[≥ first + B]`
    record Targets(Buffer labels, Buffer index, long first) {
    }

    /// @param scores   F32 `[B, C]`
    /// @param scale    factor on the scores
    /// @param gradient F32 `[B, C]`, null if only judged
    /// @param totals   F64 `[3]`, to which the batch is added
    /// @throws IllegalArgumentException naming the argument that is too short or of a wrong type
    void add(Shape shape, Buffer scores, float scale, Targets targets, Buffer gradient, Buffer totals);

    /// The checks that every room makes before it touches memory.
    static void check(Shape shape, Buffer scores, float scale, Targets targets, Buffer gradient, Buffer totals) {
        long n = (long) shape.samples() * shape.classes();
        if (!Float.isFinite(scale) || targets.first() < 0) {
            throw new IllegalArgumentException("a scale of " + scale + " from position " + targets.first() + " on");
        }
        Operands.require("scores", scores, ElementType.F32, n);
        Operands.require("labels", targets.labels(), ElementType.U8, 0);
        Operands.require("index", targets.index(), ElementType.S32, targets.first() + shape.samples());
        if (gradient != null) {
            Operands.require("gradient", gradient, ElementType.F32, n);
        }
        Operands.require("totals", totals, ElementType.F64, TOTALS);
    }
}
