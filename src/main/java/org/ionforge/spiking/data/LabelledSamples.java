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

    /// How many of `count` samples from `first` on are answered right; the first of the largest scores is the answer.
    ///
    /// @param scores  `[≥ count, outputs]`
    /// @param outputs of the network, as many as classes or more
    default int right(float[] scores, int outputs, int first, int count) {
        int right = 0;
        for (int b = 0; b < count; b++) {
            int best = 0;
            for (int n = 1; n < outputs; n++) {
                best = scores[b * outputs + n] > scores[b * outputs + best] ? n : best;
            }
            right += best == label(first + b) ? 1 : 0;
        }
        return right;
    }

    /// How many samples each class has.
    default ClassBalance balance() {
        int[] counts = new int[classes()];
        for (int i = 0; i < size(); i++) {
            counts[label(i)]++;
        }
        return new ClassBalance(counts);
    }
}
