package org.ionforge.training;

import java.util.List;
import java.util.stream.Collectors;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.RmsProp;
import org.ionforge.compute.Sgd;
import org.ionforge.errors.InputException;

/// A way to train, by name: optimiser, learning rate, its schedule, and for how long.
///
/// @param rate   what the schedule starts from
/// @param epochs usual length
public record Recipe(String name, Method method, double rate, Schedule schedule, int epochs) {

    private static final Method ADAMW = new Method.Adam(new AdamW.Options(0.9, 0.999, 1e-8, 1e-5));

    public static final List<Recipe> ALL = List.of(
            new Recipe("adamw-cosine", ADAMW, 1e-4, new Schedule.Cosine(1e-6), 12),
            new Recipe("sgd-step", new Method.Descent(new Sgd.Options(0.9, 0, 1e-4, true)), 1e-3, new Schedule.Steps(0.1, 5), 15),
            new Recipe("adam-plateau", new Method.Adam(new AdamW.Options(0.9, 0.999, 1e-8, 0)), 5e-5, new Schedule.Plateau(0.5, 2, 1e-7), 10),
            new Recipe("rmsprop-warmup-cosine", new Method.MeanSquare(RmsProp.Options.DEFAULT), 1e-3, new Schedule.WarmupCosine(0.1, 0), 12),
            new Recipe("adamw-warmup-cosine", ADAMW, 2e-5, new Schedule.WarmupCosine(0.1, 0), 8));

    /// @throws InputException if there is none of that name
    public static Recipe named(String name) {
        return ALL.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow(() -> new InputException("no recipe '" + name
                + "': one of " + ALL.stream().map(Recipe::name).collect(Collectors.joining(", "))));
    }
}
