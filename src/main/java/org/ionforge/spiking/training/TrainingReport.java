package org.ionforge.spiking.training;

import java.util.List;
import java.util.Map;
import org.ionforge.training.PhaseRecord;
import org.ionforge.training.health.HealthEvent;

/// What a training came to; in a run's `run.json` under `training`.
///
/// @param network       its shape, as text
/// @param bits          of the weights in the end
/// @param accuracy      of the network in the end on the testing samples, quantised as in training
/// @param floatAccuracy of the network after its warm-up, in floats, on the same samples
/// @param integerAccuracy of the integers on the same samples, null if there are none
/// @param linearAccuracy of a linear model on how many events each address had, null for data that are no recordings
/// @param spikeRate     share of (sample, step, neuron) with a spike in the end, mean of the layers
/// @param peakDeviceBytes most bytes of the backend's memory that were taken at a time before conversion
/// @param seconds       of all phases
/// @param epochs        of all phases
/// @param samplesPerSecond trained on in the epochs, judging included
/// @param data          what it was trained and tested on
/// @param health        what the health control asked for
/// @param settings      value and origin of every setting, by name
public record TrainingReport(int schema, String network, int steps, String bits, double accuracy, double floatAccuracy, Double integerAccuracy, Double linearAccuracy, double spikeRate,
                             long peakDeviceBytes, double seconds, int epochs, double samplesPerSecond, Data data, List<PhaseRecord> phases, List<EpochFigures> history,
                             List<HealthEvent> health, Map<String, ?> settings) {

    public static final int SCHEMA = 1;

    /// @param fingerprint CRC-32C of labels and values
    public record Data(String name, int training, int held, int testing, String fingerprint) {
    }
}
