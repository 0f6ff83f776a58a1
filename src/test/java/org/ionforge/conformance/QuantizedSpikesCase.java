package org.ionforge.conformance;

import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.Surrogate;

/// A quantised product with neurons behind it.
///
/// @param neurons dialect, shape and parameters; its currents are not looked at
/// @param bias    null for none
/// @param current scheme of the current, null for none
record QuantizedSpikesCase(QuantizedGemmCase product, LifCase neurons, float[] scale, float[] bias, QuantisationScheme current,
                           float currentScale, boolean constant) {

    /// Currents of either sign around the thresholds.
    static QuantizedSpikesCase random(ElementType kind, Format format, Lif.Shape shape, int inputs, LifDialect dialect, boolean each,
                                      boolean constant, QuantisationScheme current, long seed) {
        Random random = new Random(seed);
        int rows = constant ? shape.batch() : shape.steps() * shape.batch();
        double activation = kind == ElementType.S8 ? 74 : kind == ElementType.U8 ? 147 : 0.7;
        float typical = (float) (1 / (activation * format.maximum() * Math.sqrt(inputs)));
        return new QuantizedSpikesCase(QuantizedGemmCase.random(kind, format, rows, inputs, shape.neurons(), seed),
                LifCase.random("neurons", shape, dialect, Surrogate.arctan(2), each, false, constant, seed),
                LifCase.uniform(random, shape.neurons(), 0.5f * typical, 2 * typical),
                random.nextBoolean() ? LifCase.uniform(random, shape.neurons(), -0.2f, 0.5f) : null, current,
                current == null ? 0 : 2f / current.highest(), constant);
    }

    QuantizedSpikesCase withLevels(StateLevels levels) {
        return new QuantizedSpikesCase(product, neurons.withLevels(levels), scale, bias, current, currentScale, constant);
    }

    LifCase.Forward forward(Room room) {
        return Trial.on(room, this::forward);
    }

    private LifCase.Forward forward(Trial trial) {
        Lif.Shape shape = neurons.shape();
        int words = (int) shape.spikeWords();
        int cells = (int) shape.cells();
        int elements = (int) shape.elements();
        Lif.Outputs out = new Lif.Outputs(trial.output(ElementType.U32, words), trial.output(ElementType.F32, cells),
                trial.output(ElementType.F32, elements), trial.output(ElementType.F32, cells));
        product.multiply(trial, epilogue(trial, out));
        return new LifCase.Forward(trial.ints(out.spikes(), words), trial.floats(out.counts(), cells),
                trial.floats(out.membrane(), elements), trial.floats(out.lastMembrane(), cells));
    }

    QuantizedGemm.Spiking epilogue(Trial trial, Lif.Outputs out) {
        return new QuantizedGemm.Spiking(trial.input(scale), bias == null ? null : trial.input(bias),
                current == null ? null : new SpikingLinear.Quantisation(current, trial.input(currentScale), true), neurons.neurons(trial),
                neurons.shape().steps(), constant, out);
    }

    @Override
    public String toString() {
        return product + (constant ? " at every step of " : " of ") + neurons.shape() + " " + neurons.dialect();
    }
}
