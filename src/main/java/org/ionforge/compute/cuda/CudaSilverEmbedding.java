package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.SilverEmbedding;

/// `kernels/silver.cu`: a thread a spot.
final class CudaSilverEmbedding implements SilverEmbedding {

    private static final int THREADS = 256;

    private final Device device;

    CudaSilverEmbedding(Device device) {
        this.device = device;
    }

    @Override
    public void embed(Buffer distanceKm, Buffer xrayFlux, Buffer kp,
                      Buffer eDistance, Buffer eXray, Buffer eKp, Buffer quality, long n) {
        Operands.requireCount(n);
        Operands.require("distanceKm", distanceKm, ElementType.F32, n);
        Operands.require("xrayFlux", xrayFlux, ElementType.F32, n);
        Operands.require("kp", kp, ElementType.F32, n);
        Operands.require("eDistance", eDistance, ElementType.F32, n);
        Operands.require("eXray", eXray, ElementType.F32, n);
        Operands.require("eKp", eKp, ElementType.F32, n);
        Operands.require("quality", quality, ElementType.F32, n);
        if (n > 0) {
            device.launch("silver_embedding_f32", Grid.covering(n, THREADS), distanceKm, xrayFlux, kp, eDistance, eXray, eKp,
                    quality, n);
        }
    }
}
