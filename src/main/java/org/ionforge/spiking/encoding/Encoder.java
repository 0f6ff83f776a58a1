package org.ionforge.spiking.encoding;

import java.util.Locale;
import org.ionforge.errors.InputException;

/// How a sample of values in [0, 1] enters a network of T steps.
public sealed interface Encoder permits Direct, SpikeEncoder {

    /// As a configuration names it.
    String name();

    /// Inputs of the network for a sample of that many features.
    default int inputs(int features) {
        return features;
    }

    /// The encoder of that name with its usual figures.
    ///
    /// @param seed of the encoders that draw
    /// @throws InputException if there is none
    static Encoder named(String name, long seed) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "direct" -> new Direct();
            case "rate" -> new Rate(seed);
            case "latency" -> new Latency();
            case "population" -> new Population(4);
            case "burst" -> new Burst(5, 1, 5);
            case "phase" -> new Phase(8);
            default -> throw new InputException("unknown encoder '" + name + "': one of direct, rate, latency, population, burst, phase");
        };
    }
}
