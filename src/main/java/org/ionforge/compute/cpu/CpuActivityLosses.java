package org.ionforge.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_activity_h;
import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.Lif;

/// `native/src/activity_losses.cpp`.
final class CpuActivityLosses implements ActivityLosses {

    @Override
    public void addRate(Lif.Shape shape, Buffer counts, float weight, float target, Buffer gradient, Buffer totals) {
        ActivityLosses.checkRate(shape, counts, weight, target, gradient, totals);
        ionforge_activity_h.ionforge_activity_rate_f32(counts.host(), shape.steps(), shape.batch(), shape.neurons(), weight, target,
                SpikingStructs.host(gradient), totals.host());
    }

    @Override
    public void addMembrane(Lif.Shape shape, Buffer membrane, Terms terms, Buffer gradient, Buffer totals) {
        ActivityLosses.checkMembrane(shape, membrane, terms, gradient, totals);
        try (Arena arena = Arena.ofConfined()) {
            ionforge_activity_h.ionforge_activity_membrane_f32(membrane.host(), shape.steps(), shape.batch(), shape.neurons(),
                    of(terms, arena), SpikingStructs.host(gradient), totals.host());
        }
    }

    private static MemorySegment of(Terms terms, Arena arena) {
        MemorySegment struct = arena.allocate(ionforge_activity_h.ionforge_activity_terms);
        struct.set(ValueLayout.JAVA_FLOAT, at("energy"), terms.energy());
        struct.set(ValueLayout.JAVA_FLOAT, at("consistency"), terms.consistency());
        Latency latency = terms.latency();
        if (latency != null) {
            struct.set(ValueLayout.JAVA_FLOAT, at("latency"), latency.weight());
            struct.set(ValueLayout.JAVA_FLOAT, at("slope"), latency.slope());
            struct.set(ValueLayout.JAVA_INT, at("per_neuron"), latency.threshold().length() == 1 ? 0 : 1);
            struct.set(ValueLayout.ADDRESS, at("threshold"), latency.threshold().host());
            CrossEntropy.Targets targets = latency.targets();
            if (targets != null) {
                struct.set(ValueLayout.ADDRESS, at("labels"), targets.labels().host());
                struct.set(ValueLayout.ADDRESS, at("index"), targets.index().host().asSlice(targets.first() * Integer.BYTES));
                struct.set(ValueLayout.JAVA_LONG, at("data_rows"), targets.labels().length());
            }
        }
        if (terms.distillation() != null) {
            struct.set(ValueLayout.JAVA_FLOAT, at("distillation"), terms.distillation().weight());
            struct.set(ValueLayout.ADDRESS, at("teacher"), terms.distillation().teacher().host());
        }
        return struct;
    }

    private static long at(String member) {
        return ionforge_activity_h.ionforge_activity_terms.byteOffset(PathElement.groupElement(member));
    }
}
