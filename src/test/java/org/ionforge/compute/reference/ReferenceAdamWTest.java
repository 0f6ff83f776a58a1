package org.ionforge.compute.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.Test;

class ReferenceAdamWTest {

    private static final float NONE = Float.POSITIVE_INFINITY;

    /// In step 1, m̂ = g and √v̂ = |g|: each parameter moves by the learning rate against its gradient, whatever its size.
    @Test
    void firstStepIsTheLearningRate() {
        try (ReferenceBackend backend = new ReferenceBackend();
             Buffer p = load(backend, 1, 1, 1, 1);
             Buffer g = load(backend, 4, -1e-3f, 5, 5);
             Buffer m = load(backend, 0, 0, 0, 0);
             Buffer v = load(backend, 0, 0, 0, 0)) {
            AdamW.Options options = new AdamW.Options(0.9, 0.999, 0, 0.5);
            backend.adamW().step(p, g, m, v,
                    List.of(new AdamW.Group(0, 2, 0.1f, -NONE, NONE), new AdamW.Group(2, 1, 0.5f, 0.75f, 2)), options, 1);
            // Decay 1 − 0.1·0.5, then ∓0.1; the third ends at 1 − 0.25 − 0.5 = 0.25, clamped; the fourth is in no group.
            assertArrayEquals(new float[] {0.85f, 1.05f, 0.75f, 1}, floats(p), 1e-6f);
            assertArrayEquals(new float[] {0.4f, -1e-4f, 0.5f, 0}, floats(m), 1e-6f);
            assertArrayEquals(new float[] {0.016f, 1e-9f, 0.025f, 0}, floats(v), 1e-9f);
        }
    }

    @Test
    void secondStepOnPaper() {
        try (ReferenceBackend backend = new ReferenceBackend();
             Buffer p = load(backend, 0);
             Buffer g = load(backend, 2);
             Buffer m = load(backend, 1);
             Buffer v = load(backend, 3)) {
            backend.adamW().step(p, g, m, v, List.of(new AdamW.Group(0, 1, 1, -NONE, NONE)), new AdamW.Options(0.5, 0.75, 0.25, 0), 2);
            // m = 1.5, m̂ = 1.5/0.75 = 2; v = 0.75·3 + 0.25·4 = 3.25, v̂ = 3.25/(1 − 0.5625)
            assertEquals(-2 / (Math.sqrt(3.25 / 0.4375) + 0.25), floats(p)[0], 1e-7);
        }
    }

    @Test
    void refusesOverlappingGroups() {
        try (ReferenceBackend backend = new ReferenceBackend(); Buffer p = load(backend, 0, 0, 0)) {
            List<AdamW.Group> groups = List.of(new AdamW.Group(1, 2, 1, -NONE, NONE), new AdamW.Group(0, 2, 1, -NONE, NONE));
            assertThrows(IllegalArgumentException.class, () -> backend.adamW().step(p, p, p, p, groups, AdamW.Options.DEFAULT, 1));
            assertThrows(IllegalArgumentException.class,
                    () -> backend.adamW().step(p, p, p, p, List.of(), AdamW.Options.DEFAULT, 0));
        }
    }

    private static Buffer load(ReferenceBackend backend, float... values) {
        Buffer buffer = backend.allocate(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    private static float[] floats(Buffer buffer) {
        float[] values = new float[(int) buffer.length()];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }
}
