package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.GridSquares;
import org.ionforge.compute.PointwiseArguments;

/// `kernels/grid.cu`: a thread a locator.
final class CudaGridSquares implements GridSquares {

    private final Device device;

    CudaGridSquares(Device device) {
        this.device = device;
    }

    @Override
    public void decode(Buffer locators, Buffer latitude, Buffer longitude, Buffer valid, long n) {
        PointwiseArguments.decode(locators, latitude, longitude, valid, n);
        device.launchEach("grid_square_decode_f32", n, locators, latitude, longitude, valid, n);
    }
}
