package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.util.Arrays;
import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.Lif;
import org.ionforge.compute.reference.HostArrays.Floats;

/// The definition, in double.
final class ReferenceActivityLosses implements ActivityLosses {

    @Override
    public void addRate(Lif.Shape shape, Buffer counts, float weight, float target, Buffer gradient, Buffer totals) {
        ActivityLosses.checkRate(shape, counts, weight, target, gradient, totals);
        double all = (double) shape.batch() * shape.steps();
        double loss = 0;
        for (int n = 0; n < shape.neurons(); n++) {
            double sum = 0;
            for (int b = 0; b < shape.batch(); b++) {
                sum += HostArrays.floatAt(counts, (long) b * shape.neurons() + n);
            }
            double above = sum / all - target;
            loss += above * above / shape.neurons();
            for (int b = 0; b < shape.batch(); b++) {
                HostArrays.setFloat(gradient, (long) b * shape.neurons() + n, 2 * weight * above / (shape.neurons() * all));
            }
        }
        add(totals, RATE, weight == 0 ? 0 : loss);
    }

    @Override
    public void addMembrane(Lif.Shape shape, Buffer membrane, Terms terms, Buffer gradient, Buffer totals) {
        ActivityLosses.checkMembrane(shape, membrane, terms, gradient, totals);
        Floats u = HostArrays.anyFloats(membrane);
        double[] losses = new double[TOTALS];
        double[] byMembrane = new double[shape.steps()];
        for (long cell = 0; cell < shape.cells(); cell++) {
            Arrays.fill(byMembrane, 0);
            plain(shape, terms, u, cell, byMembrane, losses);
            if (terms.latency() != null) {
                latency(shape, terms.latency(), u, cell, byMembrane, losses);
            }
            for (int t = 0; t < shape.steps(); t++) {
                HostArrays.setFloat(gradient, t * shape.cells() + cell, byMembrane[t]);
            }
        }
        for (int loss = 0; loss < TOTALS; loss++) {
            add(totals, loss, losses[loss]);
        }
    }

    private static void plain(Lif.Shape shape, Terms terms, Floats u, long cell, double[] byMembrane, double[] losses) {
        double each = 1.0 / shape.elements();
        double pairs = 1.0 / ((shape.steps() - 1.0) * shape.cells());
        for (int t = 0; t < shape.steps(); t++) {
            long at = t * shape.cells() + cell;
            double now = u.get(at);
            if (terms.energy() != 0) {
                losses[ENERGY] += Math.abs(now) * each;
                byMembrane[t] += terms.energy() * (now > 0 ? each : now < 0 ? -each : 0);
            }
            if (terms.consistency() != 0 && t > 0) {
                double change = now - u.get(at - shape.cells());
                losses[CONSISTENCY] += change * change * pairs;
                byMembrane[t] += 2 * terms.consistency() * change * pairs;
                byMembrane[t - 1] -= 2 * terms.consistency() * change * pairs;
            }
            if (terms.distillation() != null) {
                double apart = now - HostArrays.floatAt(terms.distillation().teacher(), at);
                losses[DISTILLATION] += apart * apart * each;
                byMembrane[t] += 2 * terms.distillation().weight() * apart * each;
            }
        }
    }

    private static void latency(Lif.Shape shape, Latency latency, Floats u, long cell, double[] byMembrane, double[] losses) {
        int n = (int) (cell % shape.neurons());
        if (latency.targets() != null && label(latency.targets(), (int) (cell / shape.neurons())) != n) {
            return;
        }
        double asked = (double) shape.batch() * (latency.targets() == null ? shape.neurons() : 1) * shape.steps();
        double threshold = HostArrays.floatAt(latency.threshold(), latency.threshold().length() == 1 ? 0 : n);
        double[] silent = new double[shape.steps()];
        double[] fires = new double[shape.steps()];
        double silence = 1;
        double expected = 0;
        for (int t = 0; t < shape.steps(); t++) {
            double distance = latency.slope() * (u.get(t * shape.cells() + cell) - threshold);
            fires[t] = 1 / (1 + Math.exp(-distance));
            silence *= 1 / (1 + Math.exp(distance));
            silent[t] = silence;
            expected += silence;
        }
        losses[LATENCY] += expected / asked;
        double later = 0;
        for (int t = shape.steps() - 1; t >= 0; t--) {
            later += silent[t];
            byMembrane[t] -= latency.weight() * latency.slope() * fires[t] * later / asked;
        }
    }

    private static int label(CrossEntropy.Targets targets, int sample) {
        int row = targets.index().host().getAtIndex(JAVA_INT_UNALIGNED, targets.first() + sample);
        return row >= 0 && row < targets.labels().length() ? HostArrays.byteAt(targets.labels(), row) & 0xFF : -1;
    }

    private static void add(Buffer totals, int at, double value) {
        HostArrays.setDouble(totals, at, HostArrays.doubleAt(totals, at) + value);
    }
}
