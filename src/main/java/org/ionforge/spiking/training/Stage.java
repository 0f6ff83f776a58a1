package org.ionforge.spiking.training;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.ionforge.quantization.ActivityPruning;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.training.Phase;
import org.ionforge.training.Schedule;

/// One stretch of a training in which nothing but weights, scales and ranges changes. Several in a row can share a schedule: a rung.
///
/// @param phase        what kind of stretch
/// @param plan         how the network quantises
/// @param epochs       of training; 0 for a calibration
/// @param rate         that the schedule starts from
/// @param schedule     of the whole rung
/// @param before       epochs of the rung before this stage; 0 at its start, where optimiser and learned scales begin anew
/// @param span         epochs of the whole rung
/// @param findsRanges  whether ranges of the currents are forgotten and found at its start
/// @param frozenLayers first layers that keep their parameters
/// @param pruning      which neurons stay, in a stage of pruning; else null
public record Stage(Phase phase, QuantisationPlan plan, int epochs, double rate, Schedule schedule, int before, int span,
                    boolean findsRanges, int frozenLayers, ActivityPruning pruning) {

    /// No pruning.
    Stage(Phase phase, QuantisationPlan plan, int epochs, double rate, Schedule schedule, int before, int span, boolean findsRanges, int frozenLayers) {
        this(phase, plan, epochs, rate, schedule, before, span, findsRanges, frozenLayers, null);
    }

    /// The same with the weights quantised by another plan; currents and membranes stay as they are.
    Stage with(QuantisationPlan other) {
        List<LayerPlan> layers = IntStream.range(0, plan.layers().size()).mapToObj(i -> other.layer(i).withCurrent(plan.layer(i).current())
                .withState(plan.layer(i).state())).toList();
        return new Stage(phase, new QuantisationPlan(layers), epochs, rate, schedule, before, span, findsRanges, frozenLayers);
    }

    /// For people: `warm up`, `qat observing, 8 bits, weights`.
    public String title() {
        String name = phase.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return plan.quantises() ? name + ", " + plan.name() + " bits, " + detail() : name;
    }

    /// What is special, in a few words, for the record.
    public String detail() {
        boolean currents = plan.layers().stream().anyMatch(layer -> layer.current() != null);
        boolean membranes = plan.layers().stream().anyMatch(layer -> layer.state() != null);
        String also = currents && membranes ? ", currents and membranes" : currents ? " and currents" : membranes ? " and membranes" : "";
        String what = plan.quantises() ? "weights" + also : "floats";
        return frozenLayers == 0 ? what : what + ", first " + (frozenLayers == 1 ? "layer" : frozenLayers + " layers") + " frozen";
    }
}
