package org.ionforge.compute.reference;

import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.reference.HostArrays.FloatSink;
import org.ionforge.compute.reference.HostArrays.Floats;

/// The definition, in double.
final class ReferenceCrossEntropy implements CrossEntropy {

    @Override
    public void add(Shape shape, Buffer scores, float scale, Targets targets, Buffer gradient, Buffer totals) {
        CrossEntropy.check(shape, scores, scale, targets, gradient, totals);
        int classes = shape.classes();
        long n = (long) shape.samples() * classes;
        Floats score = HostArrays.floats("scores", scores, n);
        FloatSink sink = gradient == null ? (i, value) -> { } : HostArrays.floatSink("gradient", gradient, n);
        double[] z = new double[classes];
        double loss = 0;
        int right = 0;
        for (int b = 0; b < shape.samples(); b++) {
            int row = targets.index().host().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, targets.first() + b);
            int label = row >= 0 && row < targets.labels().length() ? HostArrays.byteAt(targets.labels(), row) & 0xFF : classes;
            int answer = 0;
            boolean known = label < classes;
            for (int c = 0; c < classes; c++) {
                z[c] = (double) scale * score.get((long) b * classes + c);
                answer = z[c] > z[answer] ? c : answer;
                known &= !Double.isNaN(z[c]);
            }
            double largest = known ? z[answer] : Double.NaN;
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += Math.exp(z[c] - largest);
            }
            for (int c = 0; c < classes; c++) {
                sink.set((long) b * classes + c, scale * (Math.exp(z[c] - largest) / sum - (c == label ? 1 : 0)) / shape.samples());
            }
            loss += known ? Math.log(sum) - (z[label] - largest) : Double.NaN;
            right += known && answer == label ? 1 : 0;
        }
        add(totals, 0, loss);
        add(totals, 1, right);
        add(totals, 2, shape.samples());
    }

    private static void add(Buffer totals, int at, double value) {
        HostArrays.setDouble(totals, at, HostArrays.doubleAt(totals, at) + value);
    }
}
