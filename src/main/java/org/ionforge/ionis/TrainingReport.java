package org.ionforge.ionis;

import java.util.SortedSet;

/// What a finished training came to, as `metrics.json` has it.
///
/// @param schema        `ionforge metrics 1`
/// @param name          of the run in the vault's table `model_results`: the same data, options and backend give the same name
/// @param epochs        of the run
/// @param selectedEpoch whose weights are in `model.safetensors`: the smallest Huber loss on the validation rows. The same rows
///                      judge it, so its figures are a little kind
/// @param evaluation    of the selected weights on the validation rows
/// @param physics       of the selected weights on paths of validation rows
public record TrainingReport(String schema, String name, String variant, int epochs, int selectedEpoch, Data data, Run run,
                             Evaluation evaluation, Physics physics) {

    public static final String SCHEMA = "ionforge metrics 1";

    /// What it was trained on.
    ///
    /// @param hash             SHA-256 of features, targets and weights
    /// @param heldOutPathShare share of the paths that only judge
    /// @param heldOutMonths    year · 100 + month; empty if the data spans too little time to hold one out
    public record Data(String vault, String hash, int signatures, int training, int validation, double heldOutPathShare,
                       SortedSet<Integer> heldOutMonths) {
    }

    /// How it was trained.
    ///
    /// @param learningRate        factor on the reference's rates of trunk and base
    /// @param slowLearningRate    factor on those of gates and sidecars
    /// @param seconds             of this process: training, validation and checkpoints
    /// @param samplesPerSecond    training rows of this process over those seconds
    /// @param commit              of the build
    public record Run(String backend, String device, long seed, int batch, long steps, double learningRate, double slowLearningRate,
                      double seconds, double samplesPerSecond, String version, String commit) {
    }
}
