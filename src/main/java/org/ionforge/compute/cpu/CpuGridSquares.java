package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GridSquares;
import org.ionforge.compute.Operands;

/// `native/src/isa/grid.cpp`.
final class CpuGridSquares implements GridSquares {

    @Override
    public void decode(Buffer locators, Buffer latitude, Buffer longitude, Buffer valid, long n) {
        Operands.requireCount(n);
        Operands.require("locators", locators, ElementType.U8, n * LOCATOR_BYTES);
        Operands.require("latitude", latitude, ElementType.F32, n);
        Operands.require("longitude", longitude, ElementType.F32, n);
        Operands.require("valid", valid, ElementType.U8, n);
        ionforge_cpu_h.ionforge_grid_square_decode_f32(locators.host(), latitude.host(), longitude.host(), valid.host(), n);
    }
}
