package org.ionforge.compute.reference;

import java.util.List;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GradientNorm;
import org.ionforge.compute.OptimizerArguments;

/// The definition: elements in ascending order, in double.
final class ReferenceGradientNorm implements GradientNorm {

    private static final float SMALLEST = 1e-6f;

    @Override
    public void norm(List<Buffer> gradients, Buffer norm) {
        OptimizerArguments.check(gradients, norm);
        HostArrays.setFloat(norm, 0, length(gradients));
    }

    @Override
    public void clip(List<Buffer> gradients, float limit, Buffer result) {
        OptimizerArguments.check(gradients, limit, result);
        float norm = (float) length(gradients);
        float factor = Math.min(limit / (norm + SMALLEST), 1);
        HostArrays.setFloat(result, 0, norm);
        HostArrays.setFloat(result, 1, factor);
        if (factor != 1) {
            for (Buffer gradient : gradients) {
                for (long i = 0; i < gradient.length(); i++) {
                    HostArrays.setFloat(gradient, i, HostArrays.floatAt(gradient, i) * factor);
                }
            }
        }
    }

    private static double length(List<Buffer> gradients) {
        double sum = 0;
        for (Buffer gradient : gradients) {
            for (long i = 0; i < gradient.length(); i++) {
                double g = HostArrays.floatAt(gradient, i);
                sum += g * g;
            }
        }
        return Math.sqrt(sum);
    }
}
