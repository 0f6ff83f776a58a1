package org.ionforge.spiking.loihi;

import org.ionforge.export.netx.NetxNeuron;

/// Current-based LIF neurons with integer state, to the bit as Lava's `PyLifModelBitAcc`:
///
/// ```
/// u ← decayed(u, iDecay) + 64·a          wraps in 24 bits
/// v ← decayed(v, vDecay) + u + 64·bias   held within ±(2²³ − 1); the bias from the second step on
/// s = v > 64·vThMant;  v ← 0 where s
/// decayed(x, d) = sign(x)·⌊|x|·(4096 − d)/4096⌋
/// ```
final class LoihiNeurons {

    private static final int FRACTION = 6;
    private static final int LIMIT = (1 << 23) - 1;

    private final NetxNeuron parameters;
    private final int[] bias;
    private final int[] current;
    private final int[] voltage;
    private boolean started;

    /// @param bias of each neuron
    LoihiNeurons(NetxNeuron parameters, int[] bias) {
        this.parameters = parameters;
        this.bias = bias.clone();
        this.current = new int[bias.length];
        this.voltage = new int[bias.length];
    }

    /// One step.
    ///
    /// @param input weighted sum of the spikes that reach each neuron
    /// @param fired receives 1 for each neuron that fires, 0 for the others
    void step(int[] input, byte[] fired) {
        int threshold = parameters.threshold() << FRACTION;
        for (int i = 0; i < bias.length; i++) {
            current[i] = wrapped(decayed(current[i], parameters.currentDecay()) + (input[i] << FRACTION));
            long sum = (long) decayed(voltage[i], parameters.voltageDecay()) + current[i] + (started ? bias[i] << FRACTION : 0);
            int v = Math.clamp(sum, -LIMIT, LIMIT);
            fired[i] = (byte) (v > threshold ? 1 : 0);
            voltage[i] = v > threshold ? 0 : v;
        }
        started = true;
    }

    /// The membrane of a neuron after the last step.
    int voltage(int neuron) {
        return voltage[neuron];
    }

    private static int decayed(int state, int decay) {
        int size = (int) ((long) Math.abs(state) * (NetxNeuron.WHOLE - decay) >> 12);
        return state < 0 ? -size : size;
    }

    /// Two's complement of 24 bits.
    private static int wrapped(int value) {
        return value << 8 >> 8;
    }
}
