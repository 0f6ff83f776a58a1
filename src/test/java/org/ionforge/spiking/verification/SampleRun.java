package org.ionforge.spiking.verification;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Observers;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.encoding.Direct;
import org.ionforge.spiking.integer.Conversion;
import org.ionforge.spiking.integer.InputForm;
import org.ionforge.spiking.integer.ModelFile;
import org.ionforge.spiking.training.Batches;
import org.ionforge.spiking.training.NetworkFile;
import org.ionforge.spiking.training.Presentation;
import org.ionforge.spiking.training.SpikingTraining;

/// What a training would leave behind, of a network with random weights.
public final class SampleRun {

    public static final int SAMPLES = 60;
    public static final int CLASSES = 3;
    private static final int STEPS = 8;

    private SampleRun() {
    }

    /// Values in steps of 1/255, 0 and 1 among them.
    public static ValueSamples samples(Arena arena, int features) {
        Random random = new Random(11);
        MemorySegment values = arena.allocate(ValueLayout.JAVA_FLOAT, (long) SAMPLES * features);
        for (int i = 0; i < SAMPLES * features; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i < 2 ? 255 * i : random.nextInt(256)) / 255f);
        }
        byte[] labels = new byte[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            labels[i] = (byte) (i % CLASSES);
        }
        return new ValueSamples("sample", values, labels, CLASSES, 1, 1, features);
    }

    /// Leaves a run in a folder.
    ///
    /// @param network shape, such as `20-30-3`
    /// @param bits    of the weights
    public static void write(Path folder, Backend backend, String network, String bits) {
        NetworkShape shape = NetworkShape.parse(network);
        NetworkOptions usual = NetworkOptions.of(shape, STEPS);
        NetworkOptions options = new NetworkOptions(shape, STEPS, usual.dialect(), usual.leak(), 0.4f, false, false, usual.surrogate(), usual.readout(), 1);
        QuantisationPlan plan = QuantisationPlan.named(bits, shape.layers().size());
        try (Arena arena = Arena.ofShared(); SpikingNetwork floats = new SpikingNetwork(backend, options, SAMPLES);
             Batches batches = Batches.of(backend, samples(arena, shape.inputs()), new Presentation(new Direct(), 0, STEPS, 0), shape, SAMPLES)) {
            floats.initialise(3);
            NetworkFile.of(floats).write(folder.resolve(SpikingTraining.FLOAT_MODEL), Map.of());
            batches.take(IntStream.range(0, SAMPLES).toArray(), 0);
            floats.quantise(plan.weightsOnly());
            floats.beginScales();
            floats.observeWeights();
            floats.resetCurrentRanges();
            floats.forward(batches.load(0, SAMPLES), SAMPLES);
            floats.observeCurrents(Observers.Tracking.minMax());
            floats.quantise(plan);
            floats.scaleCurrents();
            NetworkFile.of(floats).write(folder.resolve(SpikingTraining.MODEL), Map.of());
            ModelFile.write(folder.resolve(SpikingTraining.INTEGER_MODEL), Conversion.convert(backend, options,
                    new InputForm.Codes(), IntStream.range(0, shape.layers().size()).mapToObj(floats::layer).toList(), Map.of("weights", "random")));
        }
    }
}
