package org.ionforge.spiking.training;

import java.util.List;
import java.util.Map;
import org.ionforge.training.Phase;

/// What one epoch came to.
///
/// @param epoch        from 1, through all stages
/// @param bits         of the weights, as plans name them
/// @param rate         learning rate of its last step
/// @param loss         mean over the training samples, as they were met
/// @param accuracy     share of right answers among them
/// @param judgedLoss   mean cross entropy of the samples held out, null if there are none
/// @param judged       share of right answers among them, null likewise
/// @param activity     other losses by name, without their weights; empty without any
/// @param gradientNorm of the last step, before clipping
/// @param seconds      wall time, judging included
public record EpochFigures(int epoch, Phase phase, String bits, double rate, double loss, double accuracy, Double judgedLoss, Double judged,
                           Map<String, Double> activity, double gradientNorm, List<LayerFigures> layers, double seconds) {

    public EpochFigures {
        activity = Map.copyOf(activity);
        layers = List.copyOf(layers);
    }

    /// Share of (sample, step, neuron) with a spike, the mean of the layers.
    public double spikeRate() {
        return layers.stream().mapToDouble(LayerFigures::spikeRate).average().orElse(Double.NaN);
    }
}
