package org.ionforge.compute;

import java.util.Objects;

/// The checks on the arguments of [Lif] and [SpikingLinear] that every room makes before it touches memory.
public final class SpikingArguments {

    private SpikingArguments() {
    }

    /// @throws IllegalArgumentException naming what is too short, of a wrong type or missing
    public static void checkForward(Lif.Shape shape, LifNeurons neurons, Lif.Currents currents, Lif.Outputs outputs) {
        checkNeurons(shape.neurons(), neurons);
        checkCurrents(shape, currents);
        checkOutputs(shape, outputs);
        if (isEmpty(outputs)) {
            throw new IllegalArgumentException("no output is asked for");
        }
    }

    /// Of neurons whose currents are made in the same call.
    ///
    /// @param current its fake quantisation, null for none
    /// @throws IllegalArgumentException naming what is too short, of a wrong type or missing
    static void checkBehindProduct(Lif.Shape shape, LifNeurons neurons, SpikingLinear.Quantisation current, Lif.Outputs outputs) {
        checkNeurons(shape.neurons(), neurons);
        checkCurrentQuantisation(current);
        checkOutputs(shape, outputs);
        if (isEmpty(outputs)) {
            throw new IllegalArgumentException("no output is asked for");
        }
    }

    /// @throws IllegalArgumentException naming what is too short, of a wrong type or missing
    public static void checkBackward(Lif.Shape shape, LifNeurons neurons, Lif.Currents currents, Lif.Upstream upstream,
                                     Buffer currentGradient, Lif.Gradients gradients) {
        checkNeurons(shape.neurons(), neurons);
        checkCurrents(shape, currents);
        checkUpstream(shape, upstream, currents.values().type());
        if (isEmpty(upstream)) {
            throw new IllegalArgumentException("no gradient comes from outside");
        }
        if (currents.constant()) {
            optional("currentGradient", currentGradient, ElementType.F32, shape.cells());
        } else {
            optional("currentGradient", currentGradient, currents.values().type(), shape.elements());
        }
        checkGradients(shape.neurons(), neurons, gradients);
    }

    /// @throws IllegalArgumentException naming what is too short, of a wrong type or missing
    public static void checkForward(SpikingLinear.Shape shape, SpikingLinear.Layer layer, SpikingLinear.Input input,
                                    SpikingLinear.Outputs outputs) {
        checkInput(shape, input);
        checkLinear(shape, layer, shape.rows(input), outputs);
    }

    /// @throws IllegalArgumentException naming what is too short, of a wrong type or missing
    public static void checkForward(SpikingConvolution.Shape shape, SpikingLinear.Layer layer, SpikingLinear.Input maps, SpikingLinear.Outputs outputs) {
        checkMaps(shape, maps);
        checkLinear(shape.linear(), layer, shape.linear().rows(maps), outputs);
    }

    private static void checkLinear(SpikingLinear.Shape shape, SpikingLinear.Layer layer, long rows, SpikingLinear.Outputs outputs) {
        checkLayer(shape, layer);
        checkOutputs(shape.lif(), outputs.lif());
        optional("currents", outputs.currents(), ElementType.F32, rows * shape.neurons());
        optional("currentRange", outputs.currentRange(), ElementType.F32, 2);
        if (isEmpty(outputs.lif()) && outputs.currents() == null && outputs.currentRange() == null) {
            throw new IllegalArgumentException("no output is asked for");
        }
    }

    /// @throws IllegalArgumentException naming what is too short, of a wrong type or missing
    public static void checkBackward(SpikingLinear.Shape shape, SpikingLinear.Layer layer, SpikingLinear.Input input, Buffer currents,
                                     SpikingLinear.Upstream upstream, SpikingLinear.Gradients gradients) {
        checkInput(shape, input);
        checkLinear(shape, layer, shape.rows(input), currents, upstream, gradients);
        optional("input gradient", gradients.input(), ElementType.F32, shape.rows(input) * shape.inputs());
    }

    /// @throws IllegalArgumentException naming what is too short, of a wrong type or missing
    public static void checkBackward(SpikingConvolution.Shape shape, SpikingLinear.Layer layer, SpikingLinear.Input maps, Buffer currents,
                                     SpikingLinear.Upstream upstream, SpikingLinear.Gradients gradients) {
        checkMaps(shape, maps);
        checkLinear(shape.linear(), layer, shape.linear().rows(maps), currents, upstream, gradients);
        optional("map gradient", gradients.input(), ElementType.F32, shape.patches(maps).mapElements(ElementType.F32));
    }

    private static void checkMaps(SpikingConvolution.Shape shape, SpikingLinear.Input maps) {
        ElementType type = maps.kind() == SpikingLinear.Input.Kind.SPIKES ? ElementType.U32 : ElementType.F32;
        Operands.require("maps", maps.values(), type, shape.patches(maps).mapElements(type));
    }

    private static void checkLinear(SpikingLinear.Shape shape, SpikingLinear.Layer layer, long rows, Buffer currents, SpikingLinear.Upstream upstream,
                                    SpikingLinear.Gradients gradients) {
        checkLayer(shape, layer);
        long products = rows * shape.neurons();
        optional("currents", currents, ElementType.F32, products);
        if (upstream.lif() != null) {
            checkUpstream(shape.lif(), upstream.lif(), ElementType.F32);
        }
        SpikingLinear.Through next = upstream.next();
        if (next != null) {
            if (next.neurons() < 1) {
                throw new IllegalArgumentException("a next layer of " + next.neurons() + " neurons");
            }
            checkWeights("next layer's ", next.weights(), next.neurons(), shape.neurons());
            Operands.require("next layer's current gradient", next.currentGradient(), ElementType.F32,
                    Math.multiplyExact((long) shape.steps() * shape.batch(), next.neurons()));
        } else if (upstream.lif() == null || isEmpty(upstream.lif())) {
            throw new IllegalArgumentException("no gradient comes from outside");
        }
        optional("weight gradient", gradients.weights(), ElementType.F32, (long) shape.neurons() * shape.inputs());
        optional("bias gradient", gradients.bias(), ElementType.F32, shape.neurons());
        optional("current gradient", gradients.current(), ElementType.F32, products);
        checkGradients(shape.neurons(), layer.neurons(), gradients.lif());
    }

    /// Whether a parameter has one value for the layer, and its gradient one sum.
    public static boolean isShared(Buffer parameter) {
        return parameter.length() == 1;
    }

    private static void checkNeurons(int n, LifNeurons neurons) {
        Objects.requireNonNull(neurons.dialect(), "dialect");
        Objects.requireNonNull(neurons.surrogate(), "surrogate");
        parameter("leak", neurons.leak(), n);
        parameter("threshold", neurons.threshold(), n);
        boolean learnable = neurons.surrogate().shape() == Surrogate.Shape.LEARNABLE;
        if (learnable != (neurons.slope() != null) || learnable != (neurons.offset() != null)) {
            throw new IllegalArgumentException("a learnable surrogate has a slope and an offset on the backend, others have none");
        }
        if (learnable) {
            parameter("slope", neurons.slope(), n);
            parameter("offset", neurons.offset(), n);
        }
        if (neurons.state() != null) {
            StateLevels levels = neurons.state().levels();
            levels.requireFit(neurons.dialect());
            Operands.require("table of levels", neurons.state().table(), ElementType.F32, 2L << levels.bits());
        }
    }

    private static void parameter(String name, Buffer buffer, int n) {
        Operands.require(name, buffer, ElementType.F32, buffer.length() == 1 ? 1 : n);
    }

    private static void checkCurrents(Lif.Shape shape, Lif.Currents currents) {
        floatOrBf16("currents", currents.values(), currents.constant() ? shape.cells() : shape.elements());
    }

    private static void checkOutputs(Lif.Shape shape, Lif.Outputs outputs) {
        optional("spikes", outputs.spikes(), ElementType.U32, shape.spikeWords());
        optional("counts", outputs.counts(), ElementType.F32, shape.cells());
        optional("membrane", outputs.membrane(), ElementType.F32, shape.elements());
        optional("lastMembrane", outputs.lastMembrane(), ElementType.F32, shape.cells());
    }

    private static boolean isEmpty(Lif.Outputs outputs) {
        return outputs.spikes() == null && outputs.counts() == null && outputs.membrane() == null && outputs.lastMembrane() == null;
    }

    private static void checkUpstream(Lif.Shape shape, Lif.Upstream upstream, ElementType type) {
        optional("gradient of the spikes", upstream.spikes(), type, shape.elements());
        optional("gradient of the counts", upstream.counts(), ElementType.F32, shape.cells());
        optional("gradient of the membrane", upstream.membrane(), ElementType.F32, shape.elements());
        optional("gradient of the last membrane", upstream.lastMembrane(), ElementType.F32, shape.cells());
    }

    private static boolean isEmpty(Lif.Upstream upstream) {
        return upstream.spikes() == null && upstream.counts() == null && upstream.membrane() == null && upstream.lastMembrane() == null;
    }

    private static void checkGradients(int n, LifNeurons neurons, Lif.Gradients gradients) {
        parameterGradient("leak", neurons.leak(), gradients.leak(), n);
        parameterGradient("threshold", neurons.threshold(), gradients.threshold(), n);
        parameterGradient("slope", neurons.slope(), gradients.slope(), n);
        parameterGradient("offset", neurons.offset(), gradients.offset(), n);
    }

    private static void parameterGradient(String name, Buffer parameter, Buffer gradient, int n) {
        if (gradient != null && parameter == null) {
            throw new IllegalArgumentException("a gradient of the " + name + " of a surrogate that is not learnable");
        }
        if (gradient != null) {
            Operands.require(name + " gradient", gradient, ElementType.F32, isShared(parameter) ? 1 : n);
        }
    }

    private static void checkLayer(SpikingLinear.Shape shape, SpikingLinear.Layer layer) {
        checkWeights("", layer.weights(), shape.neurons(), shape.inputs());
        checkNeurons(shape.neurons(), layer.neurons());
        checkCurrentQuantisation(layer.current());
    }

    private static void checkCurrentQuantisation(SpikingLinear.Quantisation current) {
        if (current != null) {
            Operands.require("scale of the current", current.scale(), ElementType.F32, 1);
        }
    }

    private static void checkWeights(String whose, SpikingLinear.Weights weights, int rows, int columns) {
        Operands.require(whose + "weights", weights.values(), ElementType.F32, (long) rows * columns);
        optional(whose + "bias", weights.bias(), ElementType.F32, rows);
        if (weights.quantisation() != null) {
            Operands.require(whose + "scales", weights.quantisation().scale(), ElementType.F32, rows);
        }
    }

    private static void checkInput(SpikingLinear.Shape shape, SpikingLinear.Input input) {
        if (input.kind() == SpikingLinear.Input.Kind.SPIKES) {
            Operands.require("input spikes", input.values(), ElementType.U32, shape.rows(input) * shape.inputWords());
        } else {
            floatOrBf16("input", input.values(), shape.rows(input) * shape.inputs());
        }
    }

    private static void floatOrBf16(String name, Buffer buffer, long n) {
        Operands.require(name, buffer, buffer.type() == ElementType.BF16 ? ElementType.BF16 : ElementType.F32, n);
    }

    private static void optional(String name, Buffer buffer, ElementType type, long length) {
        if (buffer != null) {
            Operands.require(name, buffer, type, length);
        }
    }
}
