package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.SilverEmbedding;

/// `native/src/isa/silver.cpp`.
final class CpuSilverEmbedding implements SilverEmbedding {

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
        ionforge_cpu_h.ionforge_silver_embedding_f32(distanceKm.host(), xrayFlux.host(), kp.host(), eDistance.host(), eXray.host(),
                eKp.host(), quality.host(), n);
    }
}
