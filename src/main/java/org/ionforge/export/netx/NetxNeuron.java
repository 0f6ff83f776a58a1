package org.ionforge.export.netx;

/// The integer LIF neurons of a layer, in the units of the file.
///
/// @param currentDecay  `iDecay`, 0 to 4096 of 4096
/// @param voltageDecay  `vDecay`, 0 to 4096 of 4096
/// @param threshold     `vThMant`; the neuron fires above `64·threshold`
public record NetxNeuron(int currentDecay, int voltageDecay, int threshold) {

    /// What 1 is to decays: 12 bits.
    public static final int WHOLE = 1 << 12;

    public NetxNeuron {
        if (currentDecay < 0 || currentDecay > WHOLE || voltageDecay < 0 || voltageDecay > WHOLE || threshold < 0 || threshold >= 1 << 17) {
            throw new IllegalArgumentException("iDecay " + currentDecay + ", vDecay " + voltageDecay + " (0 to 4096) or vThMant " + threshold
                    + " (17 bits) out of range");
        }
    }
}
