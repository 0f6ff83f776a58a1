package org.ionforge.spiking.training;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.Surrogate;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.ParameterTable.Kind;
import org.ionforge.spiking.SpikingNetwork;

/// The figures of the layers after an epoch.
final class LayerReport {

    private final Backend backend;
    private final SpikingNetwork network;

    LayerReport(Backend backend, SpikingNetwork network) {
        this.backend = backend;
        this.network = network;
    }

    /// @param parameters of the network, as they are now
    /// @param clipped    what the gradients were multiplied by
    /// @param input      of the last forward
    /// @param samples    of its batch
    List<LayerFigures> figures(Judge.Score score, float[] parameters, float clipped, Input input, int samples) {
        List<LayerFigures> figures = new ArrayList<>();
        boolean learnable = network.options().surrogate().shape() == Surrogate.Shape.LEARNABLE;
        for (int layer = 0; layer < network.options().shape().layers().size(); layer++) {
            float low = first(parameters, Kind.CURRENT_RANGE, layer);
            float high = parameters[(int) network.table().entry(Kind.CURRENT_RANGE, layer).offset() + 1];
            boolean observed = low <= high;
            LayerProbe probe = LayerProbe.of(backend, network, layer, input, samples);
            figures.add(new LayerFigures(score.spikeRates().get(layer), score.silent().get(layer), meanScale(parameters, layer),
                    first(parameters, Kind.CURRENT_SCALE, layer), observed ? (double) low : null, observed ? (double) high : null,
                    probe.saturation(), probe.membraneMean(), probe.membraneDeviation(), gradientNorm(layer) / clipped,
                    first(parameters, Kind.LEAK, layer), first(parameters, Kind.THRESHOLD, layer),
                    learnable ? (double) first(parameters, Kind.SLOPE, layer) : null));
        }
        return figures;
    }

    private float first(float[] parameters, Kind kind, int layer) {
        return parameters[(int) network.table().entry(kind, layer).offset()];
    }

    private double meanScale(float[] parameters, int layer) {
        ParameterTable.Entry entry = network.table().entry(Kind.WEIGHT_SCALE, layer);
        double sum = 0;
        for (long i = entry.offset(); i < entry.offset() + entry.length(); i++) {
            sum += parameters[(int) i];
        }
        return sum / entry.length();
    }

    private double gradientNorm(int layer) {
        List<Buffer> gradients = network.table().entries().stream().filter(entry -> entry.layer() == layer)
                .map(entry -> network.gradients().slice(entry.offset(), entry.length())).toList();
        try (Buffer norm = backend.allocate(ElementType.F32, 1)) {
            backend.gradientNorm().norm(gradients, norm);
            return JavaArrays.floats(norm)[0];
        }
    }
}
