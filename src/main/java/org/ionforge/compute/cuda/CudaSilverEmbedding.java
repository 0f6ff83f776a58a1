package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SilverEmbedding;

/// `kernels/silver.cu`: a thread a spot.
final class CudaSilverEmbedding implements SilverEmbedding {

    private final Device device;

    CudaSilverEmbedding(Device device) {
        this.device = device;
    }

    @Override
    public void embed(Buffer distanceKm, Buffer xrayFlux, Buffer kp,
                      Buffer eDistance, Buffer eXray, Buffer eKp, Buffer quality, long n) {
        PointwiseArguments.embed(distanceKm, xrayFlux, kp, eDistance, eXray, eKp, quality, n);
        device.launchEach("silver_embedding_f32", n, distanceKm, xrayFlux, kp, eDistance, eXray, eKp,
                quality, n);
    }
}
