package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Philox;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.ValueSamples;

/// Samples whose classes are known: each class has a pattern of bright and dark values, and each sample is its pattern with noise.
public final class PlantedSamples {

    public static final int CLASSES = 4;

    private PlantedSamples() {
    }

    public static ValueSamples of(int size, int features, long seed, Arena arena) {
        MemorySegment values = arena.allocate(ValueLayout.JAVA_FLOAT, (long) size * features);
        byte[] labels = new byte[size];
        for (int sample = 0; sample < size; sample++) {
            int label = (int) (Philox.uniform(seed, sample, 1) * CLASSES);
            labels[sample] = (byte) label;
            for (int i = 0; i < features; i++) {
                double pattern = Philox.uniform(77, (long) label * features + i, 2) < 0.4 ? 0.7 : 0.1;
                double noise = 0.5 * (Philox.uniform(seed, (long) sample * features + i, 3) - 0.5);
                values.setAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * features + i, (float) Math.clamp(pattern + noise, 0, 1));
            }
        }
        return new ValueSamples("planted", values, labels, CLASSES, 1, 1, features);
    }

    public static DataSet set(int training, int testing, int features, Arena arena) {
        return new DataSet("planted", of(training, features, 1, arena), of(testing, features, 2, arena));
    }
}
