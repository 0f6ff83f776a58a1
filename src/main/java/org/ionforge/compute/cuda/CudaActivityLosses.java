package org.ionforge.compute.cuda;

import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.Lif;

/// `kernels/activity_losses.cu`: a launch for the gradient and the sums of blocks, one more that adds those to the totals.
final class CudaActivityLosses implements ActivityLosses, AutoCloseable {

    private static final int THREADS = 256;
    /// Of a launch on membranes.
    private static final int LOSSES = 4;

    private final Device device;
    private final DeviceScratch scratch;

    CudaActivityLosses(Device device) {
        this.device = device;
        this.scratch = new DeviceScratch(device);
    }

    @Override
    public void addRate(Lif.Shape shape, Buffer counts, float weight, float target, Buffer gradient, Buffer totals) {
        ActivityLosses.checkRate(shape, counts, weight, target, gradient, totals);
        Grid grid = Grid.covering(shape.neurons(), THREADS);
        double all = (double) shape.batch() * shape.steps();
        DevicePointer partial = partial(grid.x());
        device.launch("activity_rate_f32", grid, counts, shape.steps(), shape.batch(), shape.neurons(), target,
                2 * weight / (shape.neurons() * all), LifLaunch.at(gradient, 0), partial);
        device.launch("activity_add_f64", Grid.of(1, THREADS), partial, (long) grid.x(), weight == 0 ? 0.0 : 1.0 / shape.neurons(), 0.0, 0.0,
                0.0, ((DeviceBuffer) totals).at(RATE));
    }

    @Override
    public void addMembrane(Lif.Shape shape, Buffer membrane, Terms terms, Buffer gradient, Buffer totals) {
        ActivityLosses.checkMembrane(shape, membrane, terms, gradient, totals);
        Latency latency = terms.latency();
        CrossEntropy.Targets targets = latency == null ? null : latency.targets();
        double each = 1.0 / shape.elements();
        double pairs = shape.steps() > 1 ? 1 / ((shape.steps() - 1.0) * shape.cells()) : 0;
        double asked = latency == null ? 0 : 1 / ((targets == null ? (double) shape.cells() : shape.batch()) * shape.steps());
        Grid grid = Grid.covering(shape.cells(), THREADS);
        DevicePointer partial = partial((long) LOSSES * grid.x());
        device.launch("activity_membrane_f32", grid, membrane,
                terms.distillation() == null ? DevicePointer.NULL : LifLaunch.at(terms.distillation().teacher(), 0),
                latency == null ? DevicePointer.NULL : LifLaunch.at(latency.threshold(), 0),
                latency == null || latency.threshold().length() == 1 ? 0 : 1,
                targets == null ? DevicePointer.NULL : LifLaunch.at(targets.labels(), 0),
                targets == null ? 0L : targets.labels().length(),
                targets == null ? DevicePointer.NULL : LifLaunch.at(targets.index(), targets.first()),
                (float) (terms.energy() * each), (float) (2 * terms.consistency() * pairs),
                latency == null ? 0f : (float) (latency.weight() * (double) latency.slope() * asked),
                terms.distillation() == null ? 0f : (float) (2 * terms.distillation().weight() * each),
                latency == null ? 0f : latency.slope(), shape.steps(), shape.batch(), shape.neurons(), LifLaunch.at(gradient, 0), partial);
        device.launch("activity_add_f64", Grid.of(LOSSES, THREADS), partial, (long) grid.x(), each, pairs, asked, each,
                ((DeviceBuffer) totals).at(ENERGY));
    }

    private DevicePointer partial(long doubles) {
        scratch.begin(doubles * Double.BYTES, 1);
        return scratch.doubles(doubles);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
