package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;

/// `kernels/cross_entropy.cu`: one block.
final class CudaCrossEntropy implements CrossEntropy {

    private static final int THREADS = 256;

    private final Device device;

    CudaCrossEntropy(Device device) {
        this.device = device;
    }

    @Override
    public void add(Shape shape, Buffer scores, float scale, Targets targets, Buffer gradient, Buffer totals) {
        CrossEntropy.check(shape, scores, scale, targets, gradient, totals);
        device.launch("cross_entropy_scores_f32", Grid.of(1, THREADS), scores, (long) shape.samples(), shape.classes(), scale,
                scale / shape.samples(), targets.labels(), targets.labels().length(), ((DeviceBuffer) targets.index()).at(targets.first()),
                gradient == null ? DevicePointer.NULL : ((DeviceBuffer) gradient).at(0), totals);
    }
}
