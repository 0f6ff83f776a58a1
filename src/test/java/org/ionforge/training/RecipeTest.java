package org.ionforge.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Sgd;
import org.ionforge.errors.InputException;
import org.ionforge.training.Schedule.Moment;
import org.junit.jupiter.api.Test;

class RecipeTest {

    private static final int STEPS = 100;

    /// Start of an epoch in a run of this recipe.
    private static Moment start(Recipe recipe, int epoch, Double... losses) {
        return new Moment((long) epoch * STEPS, (long) recipe.epochs() * STEPS, epoch, recipe.epochs(), List.of(losses));
    }

    private static double rate(Recipe recipe, Moment at) {
        return recipe.schedule().rate(recipe.rate(), at);
    }

    private static Moment last(Recipe recipe) {
        long steps = (long) recipe.epochs() * STEPS;
        return new Moment(steps - 1, steps, recipe.epochs() - 1, recipe.epochs(), List.of());
    }

    @Test
    void adamwCosine() {
        Recipe recipe = Recipe.named("adamw-cosine");
        assertEquals(12, recipe.epochs());
        assertEquals(1e-4, rate(recipe, start(recipe, 0)), 1e-18);
        assertEquals((1e-4 + 1e-6) / 2, rate(recipe, start(recipe, 6)), 1e-18);
        assertEquals(1e-6 + (1e-4 - 1e-6) * (1 + Math.cos(Math.PI * 11 / 12)) / 2, rate(recipe, last(recipe)), 1e-18);
        assertEquals(new AdamW.Options(0.9, 0.999, 1e-8, 1e-5), assertInstanceOf(Method.Adam.class, recipe.method()).options());
    }

    @Test
    void sgdStep() {
        Recipe recipe = Recipe.named("sgd-step");
        assertEquals(15, recipe.epochs());
        assertEquals(1e-3, rate(recipe, start(recipe, 4)), 1e-18);
        assertEquals(1e-4, rate(recipe, start(recipe, 5)), 1e-18);
        assertEquals(1e-5, rate(recipe, last(recipe)), 1e-18);
        assertEquals(new Sgd.Options(0.9, 0, 1e-4, true), assertInstanceOf(Method.Descent.class, recipe.method()).options());
    }

    @Test
    void adamPlateau() {
        Recipe recipe = Recipe.named("adam-plateau");
        assertEquals(10, recipe.epochs());
        assertEquals(5e-5, rate(recipe, start(recipe, 3, 1.0, 1.0, 1.0)), 1e-18);
        assertEquals(2.5e-5, rate(recipe, start(recipe, 4, 1.0, 1.0, 1.0, 1.0)), 1e-18);
        Double[] flat = new Double[40];
        Arrays.fill(flat, 1.0);
        assertEquals(1e-7, rate(recipe, start(recipe, 40, flat)), 1e-18);
        assertEquals(0, assertInstanceOf(Method.Adam.class, recipe.method()).options().weightDecay());
    }

    @Test
    void rmspropWarmupCosine() {
        Recipe recipe = Recipe.named("rmsprop-warmup-cosine");
        assertEquals(12, recipe.epochs());
        assertEquals(1e-3 / 120, rate(recipe, start(recipe, 0)), 1e-18);
        assertEquals(1e-3, rate(recipe, new Moment(120, 1200, 1, 12, List.of())), 1e-18);
        assertTrue(rate(recipe, last(recipe)) < 1e-8);
        assertInstanceOf(Method.MeanSquare.class, recipe.method());
    }

    @Test
    void adamwWarmupCosine() {
        Recipe recipe = Recipe.named("adamw-warmup-cosine");
        assertEquals(8, recipe.epochs());
        assertEquals(2e-5 / 80, rate(recipe, start(recipe, 0)), 1e-18);
        assertEquals(2e-5, rate(recipe, new Moment(79, 800, 0, 8, List.of())), 1e-18);
        assertEquals(1e-5, rate(recipe, new Moment(440, 800, 4, 8, List.of())), 1e-18);
    }

    @Test
    void eachIsFoundByItsName() {
        for (Recipe recipe : Recipe.ALL) {
            assertEquals(recipe, Recipe.named(recipe.name()));
        }
        assertEquals(5, Recipe.ALL.size());
    }

    @Test
    void parametersThatAreNoWeightsDoNotDecay() {
        assertEquals(new Method.Adam(new AdamW.Options(0.9, 0.999, 1e-8, 0)), Recipe.named("adamw-cosine").method().withoutDecay());
        assertEquals(new Method.Descent(new Sgd.Options(0.9, 0, 0, true)), Recipe.named("sgd-step").method().withoutDecay());
    }

    @Test
    void whatIsNoRecipeIsRefused() {
        assertTrue(assertThrows(InputException.class, () -> Recipe.named("adamw-cosin")).getMessage().contains("adamw-cosine, sgd-step"));
    }
}
