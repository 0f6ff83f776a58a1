package org.ionforge.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.ionforge.cli.Settings.Setting;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.Surrogate;
import org.ionforge.errors.InputException;
import org.ionforge.quantization.ActivityPruning;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NamedDialect;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.encoding.Encoder;
import org.ionforge.spiking.training.LossWeights;
import org.ionforge.spiking.training.Presentation;
import org.ionforge.spiking.training.TrainingPlan;
import org.ionforge.spiking.training.WidthSearch;
import org.ionforge.training.Recipe;
import org.ionforge.training.health.HealthLimits;

/// The settings of `train spiking`, and what they mean.
final class SpikingSettings {

    private static final double SCORE_RANGE = 10;
    /// Levels reach so far above the threshold, in thresholds: snnTorch's default.
    private static final float STATE_ABOVE = 0.2f;
    private static final String LADDER = "ladder";
    private static final String HESSIAN = "hessian";
    private static final String WIDEST = "8";
    private static final String FLOATS = "32";
    private static final String SAME = "same";
    private static final String MINT = "mint";
    private static final String SHARED = "shared";
    private static final List<String> RUNGS = List.of("8", "4", "2");
    /// What ends at weights so coarse that spikes drift from those of the floats in time, more than the gate of `verify` allows, unless the
    /// membranes are held to them; this little is enough (README's table).
    private static final List<String> FEW_BITS = List.of("2", "ternary", LADDER);
    private static final String FOLLOWING = "0.02";

    private static final List<String> SURROGATES = Arrays.stream(Surrogate.Shape.values()).map(SpikingSettings::name).toList();
    private static final Map<String, String> SLOPES = Map.of("fast-sigmoid", "10", "arctan", "2", "sigmoid", "25", "triangular", "1",
            "rectangular", "0.5", "learnable", "25");

    private SpikingSettings() {
    }

    private static String name(Surrogate.Shape shape) {
        return shape.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Settings known() {
        Stream<Setting> network = Stream.of(
                Setting.text("net", "SHAPE", "784-1000-10", "layers: 784-1000-10, or 28x28x1-c12k5-p2-c32k5-p2-10"),
                Setting.whole("steps", 1, 25, "T, time steps of a sample"),
                Setting.choice("encoder", List.of("direct", "rate", "latency", "population", "burst", "phase"), "direct", "how values become input; events are spikes already"),
                Setting.choice("dialect", NamedDialect.names(), "ionforge", "what a neuron does in a step"),
                Setting.number("leak", 0, 1e6, 0.95, "β, τ or dt/τ, as the dialect has it"),
                Setting.number("threshold", 1e-3, 1e6, 1, "θ"),
                Setting.flag("learn-leak", false, "one leak a layer is trained"),
                Setting.flag("learn-threshold", false, "one threshold a layer is trained"),
                Setting.choice("surrogate", SURROGATES, "fast-sigmoid", "derivative in place of the threshold's"),
                Setting.number("slope", 1e-3, 1e3, 10, "of the surrogate"),
                Setting.choice("readout", List.of("count", "membrane"), "count", "scores: spikes of each output, or its last membrane"));
        Stream<Setting> training = Stream.of(
                Setting.choice("recipe", Recipe.ALL.stream().map(Recipe::name).toList(), "adamw-cosine", "optimiser, rate and schedule of quantisation-aware training"),
                Setting.number("rate", 1e-9, 10, 1e-4, "learning rate of the recipe"),
                Setting.number("warm-up-rate", 1e-9, 10, 1e-3, "learning rate in floats"),
                Setting.whole("warm-up-epochs", 0, 8, "epochs in floats"),
                Setting.whole("epochs", 0, 4, "epochs of each rung of bits with observers on"),
                Setting.whole("frozen-epochs", 0, 2, "epochs of each rung after that, observers held"),
                Setting.whole("batch", 1, 128, "samples of a step"),
                Setting.whole("seed", 0, 1, "same seed, data and backend: same bits"),
                Setting.number("clip", 1e-6, 1e9, 1, "bound of the gradient's norm"),
                Setting.number("validation", 0, 0.9, 0.05, "share of the training samples that only judge"));
        Stream<Setting> losses = Stream.of(
                Setting.number("rate-loss", 0, 1e6, 0, "weight of hidden neurons' distance from the spike rate wanted"),
                Setting.number("rate-target", 0, 1, 0.1, "spikes a step wanted"),
                Setting.number("consistency-loss", 0, 1e6, 0, "weight of the membranes' change from step to step"),
                Setting.number("energy-loss", 0, 1e6, 0, "weight of the membranes' size"),
                Setting.number("latency-loss", 0, 1e6, 0, "weight of the time to the right output's first spike"),
                Setting.number("distillation", 0, 1e6, 0, "weight of the distance from the float network's membranes, while quantised"),
                Setting.flag("health", true, "dead and exploding layers, swinging scales and loss spikes are answered"));
        Stream<Setting> quantisation = Stream.of(
                Setting.text("bits", "BITS", "8", "of the weights: 32, 8, 4, 2, ternary, ladder (8, then 4, then 2), one for each layer with commas, or hessian (found for each layer)"),
                Setting.number("budget-bits", 2, 8, 5, "with --bits hessian: bits of a weight, mean over all layers"),
                Setting.choice("current-bits", List.of("32", "8", "4"), "8", "of the currents"),
                Setting.choice("state-bits", List.of(FLOATS, "8", "4", "2", SAME), FLOATS, "of the membranes; same: as many as the layer's weights have"),
                Setting.choice("state-levels", List.of("uniform", "centred", "leaked", MINT), "uniform",
                        "of membranes in a few bits: uniform, crowded at the threshold, uniform and rounded behind the leak, before the current comes in, or such multiples of the weights' scale"),
                Setting.choice("scales", List.of("usual", "observed", "learned", SHARED), "usual",
                        "of the weights; usual: learned (LSQ) for 2 bits and ternary, else observed; shared: one with the membranes, of --dialect mint"),
                Setting.number("prune", 0, 0.99, 0, "share of the hidden neurons that goes after the warm-up, the least active ones"),
                Setting.flag("progressive", true, "weights first, then currents too"),
                Setting.flag("freeze-early", false, "the first half of the layers is held at the start of the second and later rungs"),
                Setting.number("averaging", 0, 1, 0.01, "constant of the moving average of ranges"),
                Setting.whole("calibration", 1, 64, "batches of training data that give the final ranges"));
        return new Settings(Stream.of(Stream.of(Setting.text("data", "SET", "mnist", "mnist, idx:DIR, nmnist:DIR or csv:TRAIN,TEST")), network, training, quantisation, losses)
                .flatMap(part -> part).toList());
    }

    /// For the help.
    static Settings usual() {
        return known();
    }

    /// Defaults, then what recipe, dialect and surrogate bring along, then the file, then the flags.
    static Settings of(CommandLine line) {
        Settings said = known();
        apply(said, line);
        Settings settings = known();
        Recipe recipe = Recipe.named(said.text("recipe"));
        settings.preset("recipe " + recipe.name(), Map.of("rate", Double.toString(recipe.rate())));
        settings.preset("dialect " + said.text("dialect"), dialect(said.text("dialect"), said.text("bits")));
        settings.preset("surrogate " + said.text("surrogate"), Map.of("slope", SLOPES.get(said.text("surrogate"))));
        if (FEW_BITS.contains(said.text("bits")) && !said.text("dialect").equals(MINT)) {
            settings.preset("bits " + said.text("bits"), Map.of("distillation", FOLLOWING));
        }
        apply(settings, line);
        return settings;
    }

    /// MINT is more than what a neuron does: weights and membranes share a scale, and currents are the sums as they are. Membranes have 8
    /// bits, not the paper's as many as weights: three levels about 0, in units of small weights, are no memory below a threshold of 1.
    private static Map<String, String> dialect(String name, String bits) {
        String leak = Float.toString(NamedDialect.named(name).leak());
        return name.equals(MINT) ? Map.of("leak", leak, "state-bits", bits.equals(FLOATS) ? SAME : WIDEST, "state-levels", MINT, "scales", SHARED, "current-bits", FLOATS) : Map.of("leak", leak);
    }

    private static void apply(Settings settings, CommandLine line) {
        if (line.hasOption("config")) {
            settings.file(Path.of(line.getOptionValue("config")));
        }
        settings.flags(line);
    }

    static NetworkOptions network(Settings settings) {
        int steps = settings.integer("steps");
        boolean count = settings.text("readout").equals("count");
        Surrogate.Shape shape = Surrogate.Shape.values()[SURROGATES.indexOf(settings.text("surrogate"))];
        return new NetworkOptions(NetworkShape.parse(settings.text("net")), steps, NamedDialect.named(settings.text("dialect")).dialect(),
                (float) settings.number("leak"), (float) settings.number("threshold"), settings.on("learn-leak"), settings.on("learn-threshold"),
                new Surrogate(shape, (float) settings.number("slope")), count ? NetworkOptions.Readout.COUNT : NetworkOptions.Readout.MEMBRANE,
                count ? (float) (SCORE_RANGE / steps) : 1);
    }

    /// How samples will be shown, as far as it can be told before they are read.
    static Presentation presentation(Settings settings) {
        long seed = settings.whole("seed");
        return new Presentation(Encoder.named(settings.text("encoder"), seed), seed, settings.integer("steps"), DataSet.isOfEvents(settings.text("data")) ? 1 : 0);
    }

    /// @throws InputException for choices that say nothing, or contradict each other
    static TrainingPlan plan(Settings settings, int layers) {
        refuseIdle(settings);
        Recipe recipe = Recipe.named(settings.text("recipe"));
        TrainingPlan.Phases phases = new TrainingPlan.Phases(settings.integer("warm-up-epochs"), settings.number("warm-up-rate"), rungs(settings, layers),
                settings.integer("epochs"), settings.integer("frozen-epochs"), settings.on("progressive"), settings.on("freeze-early"),
                settings.number("prune") == 0 ? null : new ActivityPruning(settings.number("prune"), 1));
        return new TrainingPlan(TrainingPlan.stages(recipe, settings.number("rate"), phases, layers), recipe.method(), settings.integer("batch"),
                settings.whole("seed"), (float) settings.number("clip"), settings.number("validation"), (float) settings.number("averaging"),
                settings.integer("calibration"), losses(settings), settings.on("health") ? HealthLimits.DEFAULT : null,
                settings.text("bits").equals(HESSIAN) ? WidthSearch.within(settings.number("budget-bits")) : null);
    }

    /// What would be left aside without a word.
    private static void refuseIdle(Settings settings) {
        String stateBits = settings.text("state-bits");
        if (!List.of(FLOATS, SAME).contains(stateBits) && settings.text("bits").equals(FLOATS)) {
            throw new InputException("--state-bits " + stateBits + " with --bits 32: membranes are rounded where weights are; say --bits 8 or fewer");
        }
        if (stateBits.equals(FLOATS) && !settings.text("state-levels").equals("uniform")) {
            throw new InputException("--state-levels " + settings.text("state-levels") + " with --state-bits 32: membranes in floats have no levels; say --state-bits 8, 4 or 2");
        }
        if (settings.text("bits").equals(HESSIAN) && (!settings.text("scales").equals("usual") || stateBits.equals(SAME))) {
            throw new InputException("--scales " + settings.text("scales") + " and --state-bits " + stateBits + " with --bits hessian: the widths that are found have their "
                    + "usual scales, and membranes the same bits in all layers");
        }
        boolean mint = settings.text("dialect").equals(MINT);
        if (settings.text("state-levels").equals(MINT) != mint || settings.text("scales").equals(SHARED) != mint || mint && !settings.text("current-bits").equals(FLOATS)) {
            throw new InputException("--dialect " + settings.text("dialect") + ", --state-levels " + settings.text("state-levels") + ", --scales " + settings.text("scales")
                    + ", --current-bits " + settings.text("current-bits") + ": levels of mint and shared scales are those of --dialect mint, which brings them and currents of "
                    + "32 bits along");
        }
    }

    private static LossWeights losses(Settings settings) {
        return new LossWeights(settings.number("rate-loss"), settings.number("rate-target"), settings.number("consistency-loss"),
                settings.number("energy-loss"), settings.number("latency-loss"), settings.number("distillation"));
    }

    private static List<QuantisationPlan> rungs(Settings settings, int layers) {
        String bits = settings.text("bits");
        if (bits.equals("32")) {
            return List.of();
        }
        return (bits.equals(LADDER) ? RUNGS : List.of(bits.equals(HESSIAN) ? WIDEST : bits)).stream()
                .map(each -> QuantisationPlan.named(each, layers).map(layer -> changed(layer, settings))).toList();
    }

    /// Null for membranes in floats.
    private static StateLevels state(LayerPlan layer, Settings settings) {
        if (settings.text("state-bits").equals(FLOATS)) {
            return null;
        }
        int bits = stateBits(layer, settings);
        return switch (settings.text("state-levels")) {
            case "centred" -> StateLevels.thresholdCentred(bits, 0, STATE_ABOVE);
            case "leaked" -> StateLevels.uniform(bits, 0, 0).at(StateLevels.Place.LEAKED);
            default -> StateLevels.uniform(bits, 0, STATE_ABOVE);
        };
    }

    private static int stateBits(LayerPlan layer, Settings settings) {
        return settings.text("state-bits").equals(SAME) ? layer.weights().bits() : settings.integer("state-bits");
    }

    private static LayerPlan changed(LayerPlan layer, Settings settings) {
        if (!layer.quantises()) {
            return layer;
        }
        if (settings.text("scales").equals(SHARED)) {
            return layer.mint(stateBits(layer, settings));
        }
        LayerPlan plan = layer.withCurrent(switch (settings.text("current-bits")) {
            case "32" -> null;
            case "4" -> QuantisationScheme.int4();
            default -> QuantisationScheme.int8();
        });
        plan = plan.withState(state(layer, settings));
        return switch (settings.text("scales")) {
            case "observed" -> plan.with(LayerPlan.Scales.OBSERVED);
            case "learned" -> plan.with(LayerPlan.Scales.LEARNED);
            default -> plan;
        };
    }

}
