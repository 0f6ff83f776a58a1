package org.ionforge.spiking.integer;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.Patches;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.Surrogate;
import org.ionforge.spiking.NetworkShape;

/// One layer of an [IntegerNetwork] on its backend: packed weights, parameters, and the memory for what comes in and out.
final class IntegerLayer implements AutoCloseable {

    /// Nobody goes backward here.
    private static final Surrogate NONE = Surrogate.fastSigmoid(1);

    private final Backend backend;
    private final NetworkShape.Layer shape;
    private final int steps;
    private final boolean first;
    private final boolean bytes;
    private final boolean constant;
    private final List<Buffer> owned = new ArrayList<>();
    private final PackedWeights weights;
    private final Buffer scale;
    private final Buffer bias;
    private final SpikingLinear.Quantisation current;
    private final LifNeurons neurons;
    private final Buffer rows;
    private final Buffer spikes;

    /// @param input    form of what comes into the network, if this is its first layer; null behind another
    /// @param steps    T
    /// @param batch    most samples of one call
    IntegerLayer(Backend backend, NetworkShape.Layer shape, QuantisedLayer layer, InputForm input, int steps, int batch) {
        this.backend = backend;
        this.shape = shape;
        this.steps = steps;
        this.first = input != null;
        this.bytes = first && input.bytes();
        this.constant = input instanceof InputForm.Codes;
        this.weights = pack(layer);
        this.scale = own(scales(layer.scales(), bytes));
        this.bias = layer.bias() == null ? null : own(layer.bias());
        this.current = layer.current() == null ? null
                : new SpikingLinear.Quantisation(layer.current().scheme(), own(layer.current().scale()), false);
        LifNeurons floats = new LifNeurons(layer.dialect(), own(layer.leak()), own(layer.threshold()), NONE);
        this.neurons = layer.state() == null ? floats : floats.rounded(layer.state(), own(layer.state().table()));
        this.rows = gathers() ? rows(patches(images(batch))) : null;
        this.spikes = own(ElementType.U32, new Lif.Shape(steps, positions(batch), shape.neurons()).spikeWords());
    }

    private PackedWeights pack(QuantisedLayer layer) {
        try (Buffer codes = backend.allocate(layer.format().element(), layer.codes().length)) {
            codes.upload(MemorySegment.ofArray(layer.codes()));
            return backend.quantizedGemm().pack(layer.format(), codes, layer.neurons(), layer.inputs());
        }
    }

    /// The step of the input's bytes goes into the scales; it is a power of two, so that no bit is lost.
    private static float[] scales(float[] scales, boolean bytes) {
        float[] used = scales.clone();
        for (int n = 0; bytes && n < used.length; n++) {
            used[n] *= InputForm.STEP;
        }
        return used;
    }

    private Buffer rows(Patches.Shape patches) {
        ElementType type = bytes || patches.pool() > 1 ? ElementType.U8 : ElementType.U32;
        return own(type, patches.rowElements(type));
    }

    private Buffer own(float... values) {
        Buffer buffer = own(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    private Buffer own(ElementType type, long length) {
        Buffer buffer = backend.allocate(type, length);
        owned.add(buffer);
        return buffer;
    }

    /// Whether rows are not what comes in as it is: a convolution, a pool, or spikes of a layer whose channels end within a word. What
    /// comes into the network lies in rows already, if its first layer takes rows.
    private boolean gathers() {
        NetworkShape.Image in = shape.in();
        return shape.convolutional() || shape.pool() > 1 || !first && in.positions() > 1 && in.channels() % Integer.SIZE != 0;
    }

    private Patches.Shape patches(int images) {
        return patches(shape, images);
    }

    /// How a layer sees maps: its kernel, or all of the map as one patch.
    static Patches.Shape patches(NetworkShape.Layer shape, int images) {
        NetworkShape.Image in = shape.in();
        return shape.convolutional()
                ? new Patches.Shape(images, in.height(), in.width(), in.channels(), shape.pool(), shape.kernel(), shape.kernel(), shape.stride(), shape.padding())
                : Patches.Shape.whole(images, in.height(), in.width(), in.channels(), shape.pool());
    }

    private int images(int samples) {
        return constant ? samples : Math.multiplyExact(steps, samples);
    }

    /// Samples times positions: what the neurons take for their batch.
    private int positions(int samples) {
        return Math.multiplyExact(samples, shape.out().positions());
    }

    /// T steps of a batch.
    ///
    /// @param in     bytes or bits, as the layer takes them
    /// @param counts F32 `[B, outputs]`; null if not wanted
    /// @param last   F32 `[B, outputs]`: membrane of the last step; null if not wanted
    void forward(Buffer in, int samples, Buffer counts, Buffer last) {
        multiply(in, samples, new QuantizedGemm.Spiking(scale, bias, current, neurons, steps, constant, new Lif.Outputs(spikes, counts, null, last)));
    }

    private void multiply(Buffer in, int samples, QuantizedGemm.Epilogue epilogue) {
        if (rows != null) {
            backend.patches().gather(patches(images(samples)), in, rows);
        }
        backend.quantizedGemm().multiply(rows == null ? in : rows, products(samples), weights, epilogue);
    }

    private int products(int samples) {
        return Math.multiplyExact(images(samples), shape.out().positions());
    }

    /// Number of currents of a batch.
    long currents(int samples) {
        return (long) products(samples) * shape.neurons();
    }

    /// @param out F32, [#currents(int)] elements: I
    void currents(Buffer in, int samples, Buffer out) {
        multiply(in, samples, new QuantizedGemm.Dequantized(scale, bias, out));
    }

    /// U32 `[T, B, positions, ⌈N/32⌉]` of the last call.
    Buffer spikes() {
        return spikes;
    }

    /// Bytes of the weights in the backend's layout.
    long weightBytes() {
        return weights.byteSize();
    }

    @Override
    public void close() {
        weights.close();
        owned.forEach(Buffer::close);
    }
}
