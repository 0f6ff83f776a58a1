package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SolarElevation;

/// `native/src/isa/geodesy.cpp`.
final class CpuSolarElevation implements SolarElevation {

    @Override
    public void elevation(Buffer latitude, Buffer longitude, Buffer dayOfYear, Buffer hourUtc, Buffer elevation, long n) {
        PointwiseArguments.elevation(latitude, longitude, dayOfYear, hourUtc, elevation, n);
        ionforge_cpu_h.ionforge_solar_elevation_f32(latitude.host(), longitude.host(), dayOfYear.host(), hourUtc.host(),
                elevation.host(), n);
    }
}
