package org.ionforge.ionis;

import java.nio.charset.StandardCharsets;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.Philox;

/// Signatures that follow a simple law, and a network small enough to train on them in a blink.
final class PlantedSignatures {

    /// The features of v20 into a network of about a thousand weights.
    static final Variant SMALL = new Variant("small", Variant.V20.features(), Variant.V20.formula(),
            new GatedMlpShape(13, 11, 24, 16, 8, 8, 4, 11, 12), Variant.V20.bands(), Variant.V20.normalisation());

    private static final String[] GRIDS = {"FN31", "IO91", "JO31", "PM95", "QF56", "KG33", "GG66", "DM04", "CN87", "KP20", "OF88", "FF46",
        "JN48", "EM12", "BL11", "RF70"};

    private PlantedSignatures() {
    }

    /// `snr = −18 + 0.02·(SFI − 130) − 1·Kp − distance/2000 km`, plus ±1 dB of noise; months 2023-01 to 2023-06.
    static Signatures of(int n, long seed) {
        Signatures s = new Signatures(n, new int[n], new byte[n], new short[n], new byte[4 * n], new byte[4 * n], new int[n], new float[n],
                new float[n], new float[n], new float[n], new float[n]);
        for (int i = 0; i < n; i++) {
            int tx = pick(seed, i, 0, GRIDS.length);
            int rx = (tx + 1 + pick(seed, i, 1, GRIDS.length - 1)) % GRIDS.length;
            System.arraycopy(GRIDS[tx].getBytes(StandardCharsets.US_ASCII), 0, s.txGrid(), 4 * i, 4);
            System.arraycopy(GRIDS[rx].getBytes(StandardCharsets.US_ASCII), 0, s.rxGrid(), 4 * i, 4);
            s.period()[i] = 202301 + i * 6 / n;
            s.hour()[i] = (byte) pick(seed, i, 2, 24);
            s.band()[i] = (short) (102 + pick(seed, i, 3, 10));
            s.spotCount()[i] = 5 + pick(seed, i, 4, 40);
            s.sfi()[i] = (float) (70 + 130 * Philox.uniform(seed, i, 5));
            s.kp()[i] = (float) (9 * Philox.uniform(seed, i, 6));
            s.distanceKm()[i] = (float) (500 + 15_000 * Philox.uniform(seed, i, 7));
            s.azimuthDeg()[i] = (float) (360 * Philox.uniform(seed, i, 8));
            s.medianSnr()[i] = (float) (-18 + 0.02 * (s.sfi()[i] - 130) - s.kp()[i] - s.distanceKm()[i] / 2000 + 2 * Philox.uniform(seed, i, 9) - 1);
        }
        return s;
    }

    private static int pick(long seed, int row, int stream, int n) {
        return (int) (n * Philox.uniform(seed, row, stream));
    }
}
