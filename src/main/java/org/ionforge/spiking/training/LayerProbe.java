package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.Lif;
import org.ionforge.compute.Reductions;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.spiking.SpikingNetwork;

/// What goes on inside a layer for one batch, which nobody keeps during training.
///
/// @param membraneMean      of U over samples, steps and neurons
/// @param membraneDeviation its standard deviation
/// @param saturation        share of currents outside their codes; null if they are not quantised
record LayerProbe(double membraneMean, double membraneDeviation, Double saturation) {

    /// Of a layer in the last forward of the network.
    ///
    /// @param input   of that forward
    /// @param samples of its batch
    static LayerProbe of(Backend backend, SpikingNetwork network, int layer, Input input, int samples) {
        SpikingLinear.Shape shape = network.shape(layer, samples);
        long products = shape.rows(network.inputOf(layer, input)) * shape.neurons();
        try (Buffer membrane = backend.allocate(ElementType.F32, shape.lif().elements()); Buffer currents = backend.allocate(ElementType.F32, products)) {
            network.forward(layer, input, samples, new SpikingLinear.Outputs(new Lif.Outputs(null, null, membrane, null), currents, null));
            Reductions.Moments moments = backend.reductions().moments(membrane, shape.lif().elements());
            SpikingLinear.Quantisation quantisation = network.layer(layer).current();
            return new LayerProbe(moments.mean(), Math.sqrt(moments.variance()), quantisation == null ? null : saturation(backend, currents, products, quantisation));
        }
    }

    private static double saturation(Backend backend, Buffer currents, long n, SpikingLinear.Quantisation quantisation) {
        Channels channels = Channels.tensor(n);
        try (Buffer mask = backend.allocate(ElementType.U32, channels.maskWords()); Arena arena = Arena.ofConfined()) {
            backend.fakeQuantisation().quantise(currents, channels, quantisation.scheme(), FakeQuantisation.Scales.symmetric(quantisation.scale()),
                    new FakeQuantisation.Outputs(null, null, null, mask));
            MemorySegment host = arena.allocate(ValueLayout.JAVA_INT, channels.maskWords());
            mask.download(host);
            long inside = 0;
            for (long i = 0; i < channels.maskWords(); i++) {
                inside += Integer.bitCount(host.getAtIndex(ValueLayout.JAVA_INT, i));
            }
            return (double) (n - inside) / n;
        }
    }
}
