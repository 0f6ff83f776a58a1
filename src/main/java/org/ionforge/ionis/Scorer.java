package org.ionforge.ionis;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;

/// The network over many rows that already lie on a backend, in portions, so that its scratch memory stays small.
final class Scorer {

    private static final int PORTION = 65_536;

    private Scorer() {
    }

    /// What the network says, a value a row.
    record Scores(float[] sigma, float[] sunGate, float[] stormGate) {
    }

    /// Scores of the rows that `index` names.
    ///
    /// @param features F32 `[N, inputs]`
    /// @param index    S32 `[n]`, rows of the features; null for rows 0 … n − 1
    static Scores of(Variant variant, Backend backend, Buffer parameters, Buffer features, Buffer index, int n) {
        float[][] columns = new float[3][n];
        int portion = Math.min(PORTION, n);
        try (Arena arena = Arena.ofConfined(); Buffer sigma = backend.allocate(ElementType.F32, portion);
             Buffer sun = backend.allocate(ElementType.F32, portion); Buffer storm = backend.allocate(ElementType.F32, portion)) {
            MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, portion);
            for (int at = 0; at < n; at += portion) {
                int count = Math.min(portion, n - at);
                backend.gatedMlp().forward(variant.shape(), parameters, new GatedMlp.Rows(features, null, null, index, at, count),
                        new GatedMlp.Outputs(sigma, null, sun, storm, null, null));
                Buffer[] buffers = {sigma, sun, storm};
                for (int k = 0; k < buffers.length; k++) {
                    MemorySegment part = host.asSlice(0, (long) count * Float.BYTES);
                    buffers[k].download(part);
                    MemorySegment.copy(part, ValueLayout.JAVA_FLOAT, 0, columns[k], at, count);
                }
            }
        }
        return new Scores(columns[0], columns[1], columns[2]);
    }
}
