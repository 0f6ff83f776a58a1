package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;

/// `native/src/cross_entropy.cpp`.
final class CpuCrossEntropy implements CrossEntropy {

    @Override
    public void add(Shape shape, Buffer scores, float scale, Targets targets, Buffer gradient, Buffer totals) {
        CrossEntropy.check(shape, scores, scale, targets, gradient, totals);
        ionforge_cpu_h.ionforge_cpu_cross_entropy_f32(scores.host(), shape.samples(), shape.classes(), scale, targets.labels().host(),
                targets.labels().length(), targets.index().host().asSlice(targets.first() * Integer.BYTES),
                gradient == null ? MemorySegment.NULL : gradient.host(), totals.host());
    }
}
