package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GreatCircle;
import org.ionforge.compute.Operands;

/// `native/src/isa/geodesy.cpp`.
final class CpuGreatCircle implements GreatCircle {

    @Override
    public void measure(Buffer latitudeA, Buffer longitudeA, Buffer latitudeB, Buffer longitudeB,
                        Buffer distanceKm, Buffer azimuthDeg, Buffer midLatitude, Buffer midLongitude, long n) {
        Operands.requireCount(n);
        Operands.require("latitudeA", latitudeA, ElementType.F32, n);
        Operands.require("longitudeA", longitudeA, ElementType.F32, n);
        Operands.require("latitudeB", latitudeB, ElementType.F32, n);
        Operands.require("longitudeB", longitudeB, ElementType.F32, n);
        Operands.require("distanceKm", distanceKm, ElementType.F32, n);
        Operands.require("azimuthDeg", azimuthDeg, ElementType.F32, n);
        Operands.require("midLatitude", midLatitude, ElementType.F32, n);
        Operands.require("midLongitude", midLongitude, ElementType.F32, n);
        ionforge_cpu_h.ionforge_great_circle_measure_f32(latitudeA.host(), longitudeA.host(), latitudeB.host(), longitudeB.host(),
                distanceKm.host(), azimuthDeg.host(), midLatitude.host(), midLongitude.host(), n);
    }
}
