package org.ionforge.compute.cuda;

import java.util.List;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GradientNorm;
import org.ionforge.compute.OptimizerArguments;

/// `kernels/optimizers.cu`: the blocks' sums, the norm and the factor stay on the device.
final class CudaGradientNorm implements GradientNorm, AutoCloseable {

    private static final int THREADS = 256;
    private static final int BLOCK = 4096;
    /// What the kernel takes for no limit.
    private static final float NO_LIMIT = 0;

    private final Device device;
    private final DeviceScratch scratch;

    CudaGradientNorm(Device device) {
        this.device = device;
        this.scratch = new DeviceScratch(device);
    }

    @Override
    public void norm(List<Buffer> gradients, Buffer norm) {
        OptimizerArguments.check(gradients, norm);
        measure(gradients, NO_LIMIT, norm);
    }

    @Override
    public void clip(List<Buffer> gradients, float limit, Buffer result) {
        OptimizerArguments.check(gradients, limit, result);
        measure(gradients, limit, result);
        for (Buffer gradient : gradients) {
            device.launchEach("clip_f32", gradient.length(), gradient, gradient.length(), result);
        }
    }

    private void measure(List<Buffer> gradients, float limit, Buffer result) {
        long blocks = gradients.stream().mapToLong(gradient -> Math.ceilDiv(gradient.length(), BLOCK)).sum();
        scratch.begin(blocks * Double.BYTES, 1);
        DevicePointer sums = scratch.doubles(blocks);
        long done = 0;
        for (Buffer gradient : gradients) {
            int own = Math.toIntExact(Math.ceilDiv(gradient.length(), BLOCK));
            if (own > 0) {
                device.launch("square_sum_f32", Grid.of(own, THREADS), gradient, gradient.length(),
                        new DevicePointer(sums.address() + done * Double.BYTES));
                done += own;
            }
        }
        device.launch("norm_f32", Grid.of(1, THREADS), sums, blocks, limit, result);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
