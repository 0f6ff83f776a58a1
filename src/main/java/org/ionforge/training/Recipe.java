package org.ionforge.training;

import java.util.List;
import java.util.stream.Collectors;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.RmsProp;
import org.ionforge.compute.Sgd;
import org.ionforge.errors.InputException;

/// An optimiser, a learning rate and how it changes, under a name. The five named ones are for quantisation-aware training, whose
/// steps are small; training in FP32 uses the same ones at [#WARM_UP_RATE].
///
/// @param name      `adamw-cosine`
/// @param optimiser with its constants
/// @param rate      the schedule's initial learning rate
/// @param schedule  over the epochs or steps of one run
/// @param epochs    of a run, 1 or more
public record Recipe(String name, Optimiser optimiser, double rate, Schedule schedule, int epochs) {

    /// Learning rate of training in FP32.
    public static final double WARM_UP_RATE = 1e-3;

    private static final AdamW.Options ADAMW = new AdamW.Options(0.9, 0.999, 1e-8, 1e-5);
    private static final AdamW.Options ADAM = new AdamW.Options(0.9, 0.999, 1e-8, 0);
    private static final Sgd.Options SGD = new Sgd.Options(0.9, 0, 1e-4, true);
    private static final double WARM_UP_SHARE = 0.1;

    private static final List<Recipe> NAMED = List.of(
            new Recipe("adamw-cosine", new Optimiser.Adam(ADAMW), 1e-4, new Schedule.Cosine(1e-6), 12),
            new Recipe("sgd-step", new Optimiser.Descent(SGD), 1e-3, new Schedule.Steps(0.1, 5), 15),
            new Recipe("adam-plateau", new Optimiser.Adam(ADAM), 5e-5, new Schedule.Plateau(0.5, 2, 1e-7), 10),
            new Recipe("rmsprop-warmup-cosine", new Optimiser.MeanSquare(RmsProp.Options.DEFAULT), 1e-3,
                    new Schedule.WarmupCosine(WARM_UP_SHARE, 0), 12),
            new Recipe("adamw-warmup-cosine", new Optimiser.Adam(ADAMW), 2e-5, new Schedule.WarmupCosine(WARM_UP_SHARE, 0), 8));

    public Recipe {
        if (!(rate > 0) || rate == Double.POSITIVE_INFINITY || epochs < 1) {
            throw new InputException("recipe " + name + ": a learning rate of " + rate + " for " + epochs
                    + " epochs; the rate is above 0 and there is at least one epoch");
        }
    }

    /// The recipe of that name.
    ///
    /// @throws InputException with the names there are
    public static Recipe named(String name) {
        return NAMED.stream().filter(recipe -> recipe.name.equals(name)).findFirst().orElseThrow(() -> new InputException("no recipe '" + name
                + "': there are " + NAMED.stream().map(Recipe::name).collect(Collectors.joining(", "))));
    }

    /// All that have a name.
    public static List<Recipe> all() {
        return NAMED;
    }

    /// The same for another number of epochs; schedules end with the last one.
    public Recipe forEpochs(int other) {
        return new Recipe(name, optimiser, rate, schedule, other);
    }

    /// The same from another learning rate; a schedule's minimum stays.
    public Recipe from(double other) {
        return new Recipe(name, optimiser, other, schedule, epochs);
    }

    /// The same at the rate of FP32 training.
    public Recipe warmUp() {
        return from(WARM_UP_RATE);
    }

    /// The learning rate of a step.
    public double rateAt(Schedule.Moment moment) {
        return schedule.rate(rate, moment);
    }
}
