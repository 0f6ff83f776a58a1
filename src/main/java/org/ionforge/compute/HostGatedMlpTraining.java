package org.ionforge.compute;

import java.util.ArrayList;
import java.util.List;

/// Training where operations have finished when their call returns: a step is two calls.
public final class HostGatedMlpTraining implements GatedMlpTraining {

    private final GatedMlp gatedMlp;
    private final AdamW adamW;
    private final Setup setup;
    private final List<Step> done = new ArrayList<>();
    private List<AdamW.Group> groups = List.of();
    private long first;
    private long steps;
    private boolean failed;

    public HostGatedMlpTraining(GatedMlp gatedMlp, AdamW adamW, Setup setup) {
        GatedMlpArguments.checkTraining(setup);
        this.gatedMlp = gatedMlp;
        this.adamW = adamW;
        this.setup = setup;
        first = setup.order().length();
    }

    @Override
    public void begin(long first, long steps, List<AdamW.Group> groups) {
        GatedMlpArguments.checkBegin(setup, first, steps, groups, done.size());
        this.first = first;
        this.steps = steps;
        this.groups = List.copyOf(groups);
        failed = false;
    }

    @Override
    public void step() {
        GatedMlpArguments.checkStep(setup, first, done.size());
        if (failed) {
            return;
        }
        int rows = (int) Math.min(setup.batch(), setup.order().length() - first);
        GatedMlp.Loss loss = gatedMlp.lossAndGradient(setup.shape(), setup.parameters(),
                new GatedMlp.Rows(setup.features(), setup.targets(), setup.weights(), setup.order(), first, rows), setup.loss(),
                setup.gradients());
        done.add(new Step(steps + 1, rows, loss));
        failed = !Double.isFinite(loss.loss());
        if (!failed) {
            adamW.step(setup.parameters(), setup.gradients(), setup.m(), setup.v(), groups, setup.adamW(), steps + 1);
            first += rows;
            steps++;
        }
    }

    @Override
    public List<Step> collect() {
        List<Step> collected = List.copyOf(done);
        done.clear();
        return collected;
    }

    @Override
    public void close() {
        done.clear();
    }
}
