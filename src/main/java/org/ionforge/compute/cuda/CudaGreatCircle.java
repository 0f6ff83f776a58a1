package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.GreatCircle;
import org.ionforge.compute.PointwiseArguments;

/// `kernels/geodesy.cu`: a thread a path.
final class CudaGreatCircle implements GreatCircle {

    private final Device device;

    CudaGreatCircle(Device device) {
        this.device = device;
    }

    @Override
    public void measure(Buffer latitudeA, Buffer longitudeA, Buffer latitudeB, Buffer longitudeB,
                        Buffer distanceKm, Buffer azimuthDeg, Buffer midLatitude, Buffer midLongitude, long n) {
        PointwiseArguments.measure(latitudeA, longitudeA, latitudeB, longitudeB, distanceKm, azimuthDeg, midLatitude,
                midLongitude, n);
        device.launchEach("great_circle_measure_f32", n, latitudeA, longitudeA, latitudeB, longitudeB,
                distanceKm, azimuthDeg, midLatitude, midLongitude, n);
    }
}
