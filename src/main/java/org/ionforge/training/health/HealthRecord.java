package org.ionforge.training.health;

import java.util.List;

/// What was measured in one epoch.
///
/// @param epoch       from 1, through the whole run; an epoch that is trained again after a step back has its number again
/// @param phase       name of the phase that the epoch belongs to
/// @param phaseEpoch  epochs of the phase that had ended before this one, 0 in the first
/// @param loss        mean over the epoch
/// @param layers      first layer first, as many in every epoch
public record HealthRecord(int epoch, String phase, int phaseEpoch, double loss, List<LayerHealth> layers) {

    public HealthRecord {
        layers = List.copyOf(layers);
    }
}
