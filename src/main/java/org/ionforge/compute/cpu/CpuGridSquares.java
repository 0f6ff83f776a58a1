package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GridSquares;
import org.ionforge.compute.PointwiseArguments;

/// `native/src/isa/grid.cpp`.
final class CpuGridSquares implements GridSquares {

    @Override
    public void decode(Buffer locators, Buffer latitude, Buffer longitude, Buffer valid, long n) {
        PointwiseArguments.decode(locators, latitude, longitude, valid, n);
        ionforge_cpu_h.ionforge_grid_square_decode_f32(locators.host(), latitude.host(), longitude.host(), valid.host(), n);
    }
}
