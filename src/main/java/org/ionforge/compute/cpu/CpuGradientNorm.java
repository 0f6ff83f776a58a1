package org.ionforge.compute.cpu;

import java.lang.foreign.ValueLayout;
import java.util.List;
import org.ionforge.bindings.cpu.ionforge_optimizers_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GradientNorm;
import org.ionforge.compute.OptimizerArguments;

/// `native/src/optimizers.cpp`; the buffers' sums are added here.
final class CpuGradientNorm implements GradientNorm {

    private static final float SMALLEST = 1e-6f;

    @Override
    public void norm(List<Buffer> gradients, Buffer norm) {
        OptimizerArguments.check(gradients, norm);
        norm.host().set(ValueLayout.JAVA_FLOAT, 0, length(gradients));
    }

    @Override
    public void clip(List<Buffer> gradients, float limit, Buffer result) {
        OptimizerArguments.check(gradients, limit, result);
        float norm = length(gradients);
        float factor = Math.min(limit / (norm + SMALLEST), 1);
        result.host().setAtIndex(ValueLayout.JAVA_FLOAT, 0, norm);
        result.host().setAtIndex(ValueLayout.JAVA_FLOAT, 1, factor);
        if (factor != 1) {
            gradients.forEach(gradient -> ionforge_optimizers_h.ionforge_scale_f32(gradient.host(), gradient.length(), factor));
        }
    }

    private static float length(List<Buffer> gradients) {
        double sum = 0;
        for (Buffer gradient : gradients) {
            sum += ionforge_optimizers_h.ionforge_square_sum_f32(gradient.host(), gradient.length());
        }
        return (float) Math.sqrt(sum);
    }
}
