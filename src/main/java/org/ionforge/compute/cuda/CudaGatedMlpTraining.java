package org.ionforge.compute.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpArguments;
import org.ionforge.compute.GatedMlpTraining;
import org.ionforge.compute.Precision;

/// A step is one graph, recorded at the first step of its number of rows: the full batch, and what is left at the end of the order.
/// Both work in the same scratch memory. The gradients of the full batch may come from a library that is faster at its shape.
final class CudaGatedMlpTraining implements GatedMlpTraining {

    /// The launches of a step on so many rows, recorded.
    private record Recorded(GatedMlpPass pass, LaunchGraph graph) implements AutoCloseable {
        @Override
        public void close() {
            graph.close();
            pass.close();
        }
    }

    private final Device device;
    private final Precision precision;
    private final Setup setup;
    private final DeviceScratch scratch;
    private final GatedMlpRun run;
    private final Map<Integer, Recorded> graphs = new HashMap<>();
    private final List<Integer> pending = new ArrayList<>();
    private long first;
    private long steps;
    private boolean closed;

    CudaGatedMlpTraining(Device device, Precision precision, ProductProviders providers, Setup setup) {
        GatedMlpArguments.checkTraining(setup);
        this.device = device;
        this.precision = precision;
        this.setup = setup;
        scratch = new DeviceScratch(device);
        run = new GatedMlpRun(device, setup.adamW());
        first = setup.order().length();
        int batch = (int) Math.min(setup.batch(), setup.order().length());
        GradientProviders libraries;
        try (GatedMlpPass own = pass(batch, GradientProviders.NONE)) {
            libraries = own.faster(providers);
        }
        graphs.put(batch, record(batch, libraries));
    }

    private GatedMlpPass pass(int rows, GradientProviders libraries) {
        return new GatedMlpPass(device, scratch, precision, setup.shape(), (DeviceBuffer) setup.parameters(), rows, true, libraries);
    }

    /// Records the step of that many rows. The first is the largest, so that the scratch memory stays where it is.
    private Recorded record(int rows, GradientProviders libraries) {
        GatedMlpPass pass = pass(rows, libraries);
        return new Recorded(pass, device.capture(() -> {
            pass.forward(new GatedMlp.Rows(setup.features(), setup.targets(), setup.weights(), setup.order(), 0, rows), run);
            pass.backward(setup.loss(), (DeviceBuffer) setup.gradients(), run);
            run.adamwGroupsF32(setup);
        }));
    }

    @Override
    public void begin(long first, long steps, List<AdamW.Group> groups) {
        GatedMlpArguments.checkBegin(setup, first, steps, groups, pending.size());
        this.first = first;
        this.steps = steps;
        run.begin(first, steps, groups);
    }

    @Override
    public void step() {
        GatedMlpArguments.checkStep(setup, first, pending.size());
        int rows = (int) Math.min(setup.batch(), setup.order().length() - first);
        graphs.computeIfAbsent(rows, _ -> record(rows, GradientProviders.NONE)).graph.replay();
        pending.add(rows);
        first += rows;
    }

    @Override
    public List<Step> collect() {
        List<Step> collected = new ArrayList<>();
        for (GatedMlp.Loss loss : run.collect()) {
            collected.add(new Step(++steps, pending.get(collected.size()), loss));
        }
        pending.clear();
        return List.copyOf(collected);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            graphs.values().forEach(Recorded::close);
            run.close();
            scratch.close();
        }
    }
}
