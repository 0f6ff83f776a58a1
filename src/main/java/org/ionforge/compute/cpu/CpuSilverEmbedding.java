package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SilverEmbedding;

/// `native/src/isa/silver.cpp`.
final class CpuSilverEmbedding implements SilverEmbedding {

    @Override
    public void embed(Buffer distanceKm, Buffer xrayFlux, Buffer kp,
                      Buffer eDistance, Buffer eXray, Buffer eKp, Buffer quality, long n) {
        PointwiseArguments.embed(distanceKm, xrayFlux, kp, eDistance, eXray, eKp, quality, n);
        ionforge_cpu_h.ionforge_silver_embedding_f32(distanceKm.host(), xrayFlux.host(), kp.host(), eDistance.host(), eXray.host(),
                eKp.host(), quality.host(), n);
    }
}
