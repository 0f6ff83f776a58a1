package org.ionforge.compute;

import java.util.List;

/// The length of a gradient that lies in several buffers, and its clipping, as torch's clip_grad_norm_ does it. Nothing waits for
/// the device: norm and factor stay there.
///
/// Squares are exact in double, and their sum is in double in an order that the lengths fix. Bound of the norm against the
/// reference: 1e-12, and the rounding to float.
public interface GradientNorm {

    /// `norm = √Σg²` over all elements of all buffers; a NaN or an infinity goes on into it. Bytes an element: 4 read.
    ///
    /// @param gradients F32, one or more
    /// @param norm      F32 `[1]`
    void norm(List<Buffer> gradients, Buffer norm);

    /// The norm, `factor = min(limit/(norm + 1e-6), 1)` in float, and `g ← g·factor`. With a factor of 1 nothing is written. A NaN in the norm
    /// makes every gradient NaN. Bytes an element: 4 read; where it clips, 4 more read and 4 written.
    ///
    /// @param limit  > 0
    /// @param result F32 `[2]`: norm before clipping, factor
    void clip(List<Buffer> gradients, float limit, Buffer result);
}
