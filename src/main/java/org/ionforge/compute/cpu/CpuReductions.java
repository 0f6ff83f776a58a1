package org.ionforge.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.Reductions;

/// `native/src/isa/reduce.cpp`.
final class CpuReductions implements Reductions {

    @Override
    public Moments moments(Buffer values, long n) {
        Operands.requireCount(n);
        Operands.require("values", values, ElementType.F32, n);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ionforge_cpu_h.ionforge_moments);
            ionforge_cpu_h.ionforge_moments_f32(values.host(), n, result);
            return new Moments(result.get(ValueLayout.JAVA_LONG, 0), result.get(ValueLayout.JAVA_DOUBLE, 8),
                    result.get(ValueLayout.JAVA_DOUBLE, 16), result.get(ValueLayout.JAVA_FLOAT, 24),
                    result.get(ValueLayout.JAVA_FLOAT, 28));
        }
    }

    @Override
    public double[] products(Buffer x, Buffer y, long n) {
        Operands.requireCount(n);
        Operands.require("x", x, ElementType.F32, n);
        Operands.require("y", y, ElementType.F32, n);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.JAVA_DOUBLE, 5);
            ionforge_cpu_h.ionforge_products_f32(x.host(), y.host(), n, result);
            return result.toArray(ValueLayout.JAVA_DOUBLE);
        }
    }
}
