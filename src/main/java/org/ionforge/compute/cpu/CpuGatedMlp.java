package org.ionforge.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpArguments;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.GatedMlpTraining;
import org.ionforge.compute.HostGatedMlpTraining;
import org.ionforge.compute.Precision;

/// `native/src/isa/gated_mlp.cpp`. Calls in one workspace wait for each other.
final class CpuGatedMlp implements GatedMlp {

    private final Precision precision;
    private final Workspace workspace;

    CpuGatedMlp(Precision precision, Workspace workspace) {
        this.precision = precision;
        this.workspace = workspace;
    }

    @Override
    public void forward(GatedMlpShape shape, Buffer parameters, Rows rows, Outputs outputs) {
        GatedMlpArguments.checkForward(shape, parameters, rows, outputs);
        if (rows.count() == 0) {
            return;
        }
        synchronized (workspace) {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment sizes = sizes(shape, call);
                long outside = ionforge_cpu_h.ionforge_cpu_gated_mlp_forward(sizes, precision.ordinal(), parameters.host(),
                        rows.features().host(), host(rows.index()), dataRows(shape, rows), rows.first(), rows.count(),
                        outputs.out().host(), host(outputs.base()), host(outputs.sunGate()), host(outputs.stormGate()),
                        host(outputs.sunSide()), host(outputs.stormSide()), reserve(sizes, rows.count(), false));
                check(outside, shape, rows);
            }
        }
    }

    @Override
    public Loss lossAndGradient(GatedMlpShape shape, Buffer parameters, Rows rows, LossOptions options, Buffer gradients) {
        GatedMlpArguments.checkLoss(shape, parameters, rows, options, gradients);
        synchronized (workspace) {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment sizes = sizes(shape, call);
                MemorySegment loss = call.allocate(ValueLayout.JAVA_DOUBLE, 5);
                long outside = ionforge_cpu_h.ionforge_cpu_gated_mlp_gradient(sizes, precision.ordinal(), parameters.host(),
                        rows.features().host(), rows.targets().host(), rows.weights().host(), host(rows.index()), dataRows(shape, rows),
                        rows.first(), rows.count(), options.huberDelta(), options.gateVariance(), loss, gradients.host(),
                        reserve(sizes, rows.count(), true));
                check(outside, shape, rows);
                double[] of = loss.toArray(ValueLayout.JAVA_DOUBLE);
                return new Loss(of[0], of[1], of[2], of[3], of[4]);
            }
        }
    }

    @Override
    public GatedMlpTraining training(GatedMlpTraining.Setup setup) {
        return new HostGatedMlpTraining(this, new CpuAdamW(), setup);
    }

    private static MemorySegment sizes(GatedMlpShape s, Arena call) {
        return call.allocateFrom(ValueLayout.JAVA_INT, s.inputs(), s.trunkInputs(), s.hidden1(), s.hidden2(), s.baseHidden(),
                s.gateHidden(), s.sidecarHidden(), s.sunInput(), s.stormInput());
    }

    private static MemorySegment host(Buffer buffer) {
        return buffer == null ? MemorySegment.NULL : buffer.host();
    }

    private static long dataRows(GatedMlpShape shape, Rows rows) {
        return rows.features().length() / shape.inputs();
    }

    private static void check(long outside, GatedMlpShape shape, Rows rows) {
        if (outside >= 0) {
            throw GatedMlpArguments.indexOutside(outside, rows.index().host().getAtIndex(ValueLayout.JAVA_INT, outside),
                    dataRows(shape, rows));
        }
    }

    private MemorySegment reserve(MemorySegment sizes, int rows, boolean backward) {
        return workspace.reserve(ionforge_cpu_h.ionforge_cpu_gated_mlp_workspace(sizes, rows, backward ? 1 : 0));
    }
}
