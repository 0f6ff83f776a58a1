package org.ionforge.spiking.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Samples of values in [0, 1]: pixels of images, columns of a table. What the values were before is the loader's affair; the
/// range that became [0, 1] belongs to the data set and never to a batch.
///
/// @param values   F32 `[size, channels·height·width]`, off the heap
/// @param labels   class of each sample
/// @param channels 1 for a table
/// @param height   1 for a table
/// @param width    number of columns for a table
public record ValueSamples(String name, MemorySegment values, byte[] labels, int classes, int channels, int height, int width)
        implements LabelledSamples {

    public ValueSamples {
        long bytes = (long) labels.length * channels * height * width * Float.BYTES;
        if (values.byteSize() != bytes) {
            throw new IllegalArgumentException(labels.length + " samples of " + channels + "×" + height + "×" + width + " are " + bytes
                    + " bytes, got " + values.byteSize());
        }
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public int features() {
        return channels * height * width;
    }

    @Override
    public int label(int sample) {
        return labels[sample] & 0xFF;
    }

    /// One value of one sample.
    public float value(int sample, int feature) {
        return values.getAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * features() + feature);
    }
}
