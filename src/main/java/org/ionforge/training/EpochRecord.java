package org.ionforge.training;

/// What one epoch came to.
///
/// @param epoch           from 1
/// @param trainLoss       mean over the training rows of the loss that was minimised
/// @param trainHuber      its Huber part
/// @param validationHuber Huber loss of the validation rows, unweighted
/// @param validationRmse  in the network's unit
/// @param learningRate    of the first group
/// @param seconds         wall time of the epoch
public record EpochRecord(int epoch, double trainLoss, double trainHuber, double validationHuber, double validationRmse,
                          double learningRate, double seconds) {
}
