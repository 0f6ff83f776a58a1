package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GreatCircle;
import org.ionforge.compute.PointwiseArguments;

/// `native/src/isa/geodesy.cpp`.
final class CpuGreatCircle implements GreatCircle {

    @Override
    public void measure(Buffer latitudeA, Buffer longitudeA, Buffer latitudeB, Buffer longitudeB,
                        Buffer distanceKm, Buffer azimuthDeg, Buffer midLatitude, Buffer midLongitude, long n) {
        PointwiseArguments.measure(latitudeA, longitudeA, latitudeB, longitudeB, distanceKm, azimuthDeg, midLatitude,
                midLongitude, n);
        ionforge_cpu_h.ionforge_great_circle_measure_f32(latitudeA.host(), longitudeA.host(), latitudeB.host(), longitudeB.host(),
                distanceKm.host(), azimuthDeg.host(), midLatitude.host(), midLongitude.host(), n);
    }
}
