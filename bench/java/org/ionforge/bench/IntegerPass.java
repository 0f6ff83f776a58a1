package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.integer.InputForm;
import org.ionforge.spiking.integer.IntegerNetwork;
import org.ionforge.spiking.integer.QuantisedLayer;
import org.ionforge.spiking.integer.QuantisedModel;

/// A quantised network on a batch of images in memory, as [IntegerNetwork] runs it, beside the same network in floats: weights and
/// inputs are chosen so that every float sum is exact, so both sides give the same spikes, and so the same answers, to the last one.
///
/// @param batch  images of a call
/// @param scheme of the weights
public record IntegerPass(int batch, QuantisationScheme scheme) implements Workload {

    public static final int STEPS = 25;
    public static final int[] SIZES = {784, 1000, 10};
    public static final float BETA = 0.95f;
    public static final float THRESHOLD = 1;
    /// The largest weights.
    private static final float LARGEST = 0.125f;

    @Override
    public String operation() {
        return "spiking inference, INT" + scheme.bits() + " weights";
    }

    @Override
    public String shape() {
        return "784-1000-10, T=" + STEPS + ", batch " + batch;
    }

    /// The same spikes.
    @Override
    public double tolerance() {
        return 0;
    }

    /// The products as if every input were dense: once for the images, at each step for the spikes.
    @Override
    public Cost cost() {
        return Cost.bytes(0).dot(2L * batch * SIZES[0] * SIZES[1] + 2L * batch * STEPS * SIZES[1] * SIZES[2]);
    }

    /// `[B, 784]`: a fifth of the pixels are lit.
    public byte[] codes() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] codes = new byte[batch * SIZES[0]];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) (random.nextInt(5) == 0 ? random.nextInt(InputForm.LARGEST_CODE + 1) : 0);
        }
        return codes;
    }

    /// The same as floats.
    public float[] input() {
        byte[] codes = codes();
        float[] values = new float[codes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (codes[i] & 0xFF) * InputForm.STEP;
        }
        return values;
    }

    /// A layer: codes of the scheme times a power of two.
    ///
    /// @param codes  `[N, K]`
    /// @param biases multiples of the unit
    public record Values(int[] codes, float[] biases, float unit) {

        /// The same weights as floats.
        public float[] weights() {
            float[] weights = new float[codes.length];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = codes[i] * unit;
            }
            return weights;
        }
    }

    /// First layer first.
    public List<Values> layers() {
        return List.of(values(2, SIZES[1], SIZES[0], LARGEST), values(3, SIZES[2], SIZES[1], LARGEST / 2));
    }

    private Values values(long seed, int n, int k, float largest) {
        SplittableRandom random = new SplittableRandom(seed);
        float unit = largest / (1 << scheme.bits() - 1);
        int[] codes = random.ints((long) n * k, -scheme.highest(), scheme.highest() + 1).toArray();
        float[] biases = new float[n];
        for (int i = 0; i < n; i++) {
            biases[i] = random.nextInt(-scheme.highest(), scheme.highest() + 1) * unit;
        }
        return new Values(codes, biases, unit);
    }

    private QuantisedModel model() {
        List<QuantisedLayer> layers = new ArrayList<>();
        for (Values values : layers()) {
            int n = values.biases().length;
            int k = values.codes().length / n;
            float[] scales = new float[n];
            Arrays.fill(scales, values.unit());
            layers.add(new QuantisedLayer(n, k, scheme, packed(values.codes(), k), scales, values.biases(), null, LifDialect.SNNTORCH_LEAKY,
                    new float[] {BETA}, new float[] {THRESHOLD}));
        }
        return new QuantisedModel(NetworkShape.dense(SIZES), STEPS, Readout.COUNT, new InputForm.Codes(), layers, Map.of());
    }

    private byte[] packed(int[] codes, int k) {
        int bits = scheme.bits();
        int row = (int) scheme.packedBytes(k);
        byte[] packed = new byte[codes.length / k * row];
        for (int i = 0; i < codes.length; i++) {
            packed[i / k * row + i % k * bits / Byte.SIZE] |= (byte) ((codes[i] & (1 << bits) - 1) << i % k * bits % Byte.SIZE);
        }
        return packed;
    }

    @Override
    public Contender on(Backend backend) {
        return Operands.contender(backend, operands -> {
            Buffer images = operands.copy(ElementType.U8, MemorySegment.ofArray(codes()));
            IntegerNetwork network = new IntegerNetwork(backend, model(), batch);
            operands.atClose(network::close);
            return operands.running(() -> network.forward(images, batch), network.scores());
        });
    }
}
