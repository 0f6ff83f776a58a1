package org.ionforge.compute.reference;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Operands;
import org.ionforge.compute.Reductions;
import org.ionforge.compute.reference.HostArrays.Floats;

/// The definition: blocks in ascending order, elements of a block in ascending order, in double.
final class ReferenceReductions implements Reductions {

    @Override
    public Moments moments(Buffer values, long n) {
        Operands.requireCount(n);
        Floats array = HostArrays.floats("values", values, n);
        long count = 0;
        double sum = 0;
        double squares = 0;
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (long block = 0; block < n; block += BLOCK) {
            double blockSum = 0;
            double blockSquares = 0;
            for (long i = block; i < Math.min(n, block + BLOCK); i++) {
                float value = array.get(i);
                if (!Float.isNaN(value)) {
                    count++;
                    blockSum += value;
                    blockSquares += (double) value * value;
                    min = Math.min(min, value);
                    max = Math.max(max, value);
                }
            }
            sum += blockSum;
            squares += blockSquares;
        }
        return new Moments(count, sum, squares, min, max);
    }

    @Override
    public double[] products(Buffer x, Buffer y, long n) {
        Operands.requireCount(n);
        Floats xs = HostArrays.floats("x", x, n);
        Floats ys = HostArrays.floats("y", y, n);
        double[] sums = new double[5];
        for (long block = 0; block < n; block += BLOCK) {
            double[] blockSums = new double[5];
            for (long i = block; i < Math.min(n, block + BLOCK); i++) {
                double a = xs.get(i);
                double b = ys.get(i);
                double[] terms = {a, b, a * a, b * b, a * b};
                for (int k = 0; k < terms.length; k++) {
                    blockSums[k] += terms[k];
                }
            }
            for (int k = 0; k < sums.length; k++) {
                sums[k] += blockSums[k];
            }
        }
        return sums;
    }
}
