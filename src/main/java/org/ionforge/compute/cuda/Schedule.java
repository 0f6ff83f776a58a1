package org.ionforge.compute.cuda;

import org.ionforge.bindings.emulator.ionforge_emulator_h;
import org.ionforge.errors.InputException;

/// The order in which the emulator starts blocks and runs lanes. A kernel without races gives the same in each.
public sealed interface Schedule {

    record Forward() implements Schedule {
        @Override
        public String toString() {
            return "forward";
        }
    }

    record Reverse() implements Schedule {
        @Override
        public String toString() {
            return "reverse";
        }
    }

    /// A different permutation for each block and each round, all decided by the seed.
    record Random(long seed) implements Schedule {
        @Override
        public String toString() {
            return "random:" + seed;
        }
    }

    Schedule FORWARD = new Forward();
    Schedule REVERSE = new Reverse();

    /// `forward`, `reverse` or `random:SEED`.
    static Schedule parse(String text) {
        if (text.equals("forward")) {
            return FORWARD;
        }
        if (text.equals("reverse")) {
            return REVERSE;
        }
        try {
            if (text.startsWith("random:")) {
                return new Random(Long.parseLong(text.substring("random:".length())));
            }
        } catch (NumberFormatException e) {
            throw new InputException("not a seed: '" + text + "'", e);
        }
        throw new InputException("unknown schedule '" + text + "': forward, reverse or random:SEED");
    }

    /// The emulator's number for it.
    default int code() {
        return switch (this) {
            case Forward _ -> ionforge_emulator_h.IONFORGE_EMULATOR_FORWARD;
            case Reverse _ -> ionforge_emulator_h.IONFORGE_EMULATOR_REVERSE;
            case Random _ -> ionforge_emulator_h.IONFORGE_EMULATOR_RANDOM;
        };
    }

    /// The seed, 0 where there is none.
    default long seedOrZero() {
        return this instanceof Random(long seed) ? seed : 0;
    }
}
