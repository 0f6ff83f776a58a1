package org.ionforge.refinery.simulation;

/// One simulated spot in the bits of a long, from the top: slot 5, transmitter 12, band 4, receiver 12, SNR + 64 in 8,
/// Hz above the band's segment 9, drift + 4 in 4. So the numbers' order is the archive's: by time.
final class Spot {

    private Spot() {
    }

    static long pack(int slot, int transmitter, int band, int receiver, int snr, int hertz, int drift) {
        return (((((((long) slot << 12 | transmitter) << 4 | band) << 12 | receiver) << 8 | snr + 64) << 9 | hertz + 1) << 4) | drift + 4;
    }

    static int slot(long spot) {
        return (int) (spot >>> 49);
    }

    static int transmitter(long spot) {
        return (int) (spot >>> 37) & 0xfff;
    }

    static int band(long spot) {
        return (int) (spot >>> 33) & 0xf;
    }

    static int receiver(long spot) {
        return (int) (spot >>> 21) & 0xfff;
    }

    static int snr(long spot) {
        return ((int) (spot >>> 13) & 0xff) - 64;
    }

    static int hertz(long spot) {
        return ((int) (spot >>> 4) & 0x1ff) - 1;
    }

    static int drift(long spot) {
        return ((int) spot & 0xf) - 4;
    }
}
