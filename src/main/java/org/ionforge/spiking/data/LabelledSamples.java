package org.ionforge.spiking.data;

/// Samples with a class each, held in host memory.
public sealed interface LabelledSamples permits ValueSamples, EventSamples {

    /// Where they come from, for people.
    String name();

    /// Number of samples.
    int size();

    /// Numbers (or event addresses) of one sample.
    int features();

    /// Number of classes; labels are 0 … classes − 1.
    int classes();

    /// Class of a sample.
    int label(int sample);

    /// How many samples each class has.
    default ClassBalance balance() {
        int[] counts = new int[classes()];
        for (int i = 0; i < size(); i++) {
            counts[label(i)]++;
        }
        return new ClassBalance(counts);
    }
}
