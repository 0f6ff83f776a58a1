package org.ionforge.training;

/// A share that was counted, and how far the true one may lie from it.
///
/// @param hits how many
/// @param of   of how many, 1 or more
public record Proportion(long hits, long of) {

    /// 97.5 % of a normal distribution lie below it.
    private static final double Z = 1.959963984540054;

    public Proportion {
        if (of < 1 || hits < 0 || hits > of) {
            throw new IllegalArgumentException(hits + " of " + of);
        }
    }

    public double share() {
        return (double) hits / of;
    }

    /// Lower end of the 95 % interval (Wilson 1927), which holds for shares near 0 and 1 too.
    public double low() {
        return hits == 0 ? 0 : centre() - halfWidth();
    }

    /// Upper end of it.
    public double high() {
        return hits == of ? 1 : centre() + halfWidth();
    }

    private double centre() {
        return (share() + Z * Z / (2 * of)) / (1 + Z * Z / of);
    }

    private double halfWidth() {
        return Z / (1 + Z * Z / of) * Math.sqrt(share() * (1 - share()) / of + Z * Z / (4.0 * of * of));
    }
}
