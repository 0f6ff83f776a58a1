package org.ionforge.spiking.training;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.quantization.ActivityPruning;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.training.Method;
import org.ionforge.training.Phase;
import org.ionforge.training.Recipe;
import org.ionforge.training.Schedule;
import org.ionforge.training.health.HealthLimits;

/// What a training does, from the first step to the last.
///
/// @param stages      in order, the warm-up first
/// @param method      optimiser of all of them
/// @param batch       samples of a step
/// @param seed        of weights and orders
/// @param clip        bound of the gradient's norm
/// @param validation  share of the training samples that only judge
/// @param averaging   c of the moving average of ranges
/// @param calibration batches of a calibration
/// @param losses      beside the cross entropy
/// @param health      limits of the health control, null for none
/// @param widths      finds the bits of the layers after the warm-up, in place of those of the stages; null if they are as the stages say
public record TrainingPlan(List<Stage> stages, Method method, int batch, long seed, float clip, double validation, float averaging,
                           int calibration, LossWeights losses, HealthLimits health, WidthSearch widths) {

    /// Batches that give the ranges to begin with.
    static final int FIRST_RANGES = 8;

    private static final double RUNG_FACTOR = 0.5;

    public TrainingPlan {
        stages = List.copyOf(stages);
        if (stages.isEmpty() || batch < 1 || !(clip > 0) || !(validation >= 0 && validation < 1) || calibration < 1) {
            throw new IllegalArgumentException("no plan: " + stages.size() + " stages, batches of " + batch + ", a gradient of at most " + clip
                    + ", a validation share of " + validation + ", " + calibration + " batches to calibrate");
        }
    }

    /// What a schedule of phases is made from.
    ///
    /// @param warmUpEpochs in floats
    /// @param warmUpRate   learning rate they start from
    /// @param rungs        plans in order; each carries the weights over and starts from half the rate of the one before. Empty for floats only
    /// @param epochs       of each rung with observers on
    /// @param frozenEpochs of each rung after that, observers held
    /// @param progressive  weights alone for the first half of the epochs of a rung, then the currents too
    /// @param freezeEarly  on the second and later rungs the first half of the layers is held while observers are on
    /// @param pruning      after the warm-up; null for none
    public record Phases(int warmUpEpochs, double warmUpRate, List<QuantisationPlan> rungs, int epochs, int frozenEpochs, boolean progressive,
                         boolean freezeEarly, ActivityPruning pruning) {

        /// No pruning.
        public Phases(int warmUpEpochs, double warmUpRate, List<QuantisationPlan> rungs, int epochs, int frozenEpochs, boolean progressive,
                      boolean freezeEarly) {
            this(warmUpEpochs, warmUpRate, rungs, epochs, frozenEpochs, progressive, freezeEarly, null);
        }
    }

    /// The stages of a recipe.
    ///
    /// @param rate   of the first rung, which the recipe's schedule starts from
    /// @param layers of the network
    public static List<Stage> stages(Recipe recipe, double rate, Phases phases, int layers) {
        List<Stage> stages = new ArrayList<>();
        QuantisationPlan floats = QuantisationPlan.uniform(LayerPlan.FLOAT, layers);
        stages.add(new Stage(Phase.WARM_UP, floats, phases.warmUpEpochs(), phases.warmUpRate(), recipe.schedule(), 0, phases.warmUpEpochs(), false, 0));
        if (phases.pruning() != null) {
            stages.add(new Stage(Phase.PRUNING, floats, 0, phases.warmUpRate(), recipe.schedule(), 0, 1, false, 0, phases.pruning()));
        }
        double of = rate;
        for (int rung = 0; rung < phases.rungs().size(); rung++) {
            addRung(stages, recipe.schedule(), of, phases, phases.rungs().get(rung), rung > 0 && phases.freezeEarly() ? layers / 2 : 0);
            of *= RUNG_FACTOR;
        }
        return stages;
    }

    private static void addRung(List<Stage> stages, Schedule schedule, double rate, Phases phases, QuantisationPlan plan, int frozenLayers) {
        int span = phases.epochs() + phases.frozenEpochs();
        int alone = phases.progressive() ? (phases.epochs() + 1) / 2 : 0;
        if (alone > 0) {
            stages.add(new Stage(Phase.QAT_OBSERVING, plan.weightsOnly(), alone, rate, schedule, 0, span, false, frozenLayers));
        }
        if (phases.epochs() > alone) {
            stages.add(new Stage(Phase.QAT_OBSERVING, plan, phases.epochs() - alone, rate, schedule, alone, span, true, frozenLayers));
        }
        stages.add(new Stage(Phase.QAT_FROZEN, plan, phases.frozenEpochs(), rate, schedule, phases.epochs(), span, phases.epochs() == alone, 0));
        stages.add(new Stage(Phase.CALIBRATION, plan, 0, rate, schedule, span, span, false, 0));
    }

    /// The stages with those that the health control has put in, each training on as the one before it, at its schedule's end.
    ///
    /// @param found the bits of the layers, once they were looked for; else null
    List<Stage> extended(List<Adjustments.Extension> extensions, QuantisationPlan found) {
        List<Stage> longer = new ArrayList<>(stages.stream().map(stage -> found == null || !stage.plan().quantises() ? stage : stage.with(found)).toList());
        for (Adjustments.Extension extension : extensions) {
            Stage before = longer.get(extension.stage() - 1);
            longer.add(extension.stage(), new Stage(before.phase(), before.plan(), extension.epochs(), before.rate(), before.schedule(),
                    Math.max(1, before.span() - extension.epochs()), Math.max(before.span(), extension.epochs() + 1), false, before.frozenLayers()));
        }
        return longer;
    }
}
