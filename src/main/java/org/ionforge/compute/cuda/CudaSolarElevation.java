package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SolarElevation;

/// `kernels/geodesy.cu`: a thread a place and time.
final class CudaSolarElevation implements SolarElevation {

    private final Device device;

    CudaSolarElevation(Device device) {
        this.device = device;
    }

    @Override
    public void elevation(Buffer latitude, Buffer longitude, Buffer dayOfYear, Buffer hourUtc, Buffer elevation, long n) {
        PointwiseArguments.elevation(latitude, longitude, dayOfYear, hourUtc, elevation, n);
        device.launchEach("solar_elevation_f32", n, latitude, longitude, dayOfYear, hourUtc, elevation, n);
    }
}
