package org.ionforge.compute;

import java.util.Arrays;

/// Keys by which spots are grouped: the 3-hour bucket, and the signature within a month. Whole numbers: equal to the bit everywhere.
public interface SpotKeys {

    /// Length of a bucket: that of the solar indices.
    int BUCKET_SECONDS = 10_800;

    /// Squares of a locator's first four characters, AA00 to RR99 in alphabetical order.
    int SQUARES = 32_400;

    /// Solar classes at most, that of an unknown flux included.
    int CLASSES = 8;

    /// Key of a spot that belongs to no signature: above all others, unsigned.
    long NONE = -1;

    /// Bits of a key of a band below 1024; the bits above are 0.
    int KEY_BITS = 48;

    /// Columns of spots, each `[≥ n]`.
    ///
    /// @param band     U16, the band's number
    /// @param time     U32, Unix seconds
    /// @param txSquare U16, the transmitter's square, 0 to [#SQUARES] − 1
    /// @param rxSquare U16, the receiver's
    /// @param sfi      F32, solar flux; NaN if unknown
    /// @param distance F32, km
    record Spots(Buffer band, Buffer time, Buffer txSquare, Buffer rxSquare, Buffer sfi, Buffer distance) {
    }

    /// Which spots belong to signatures, and their solar classes.
    ///
    /// @param firstBand lowest band
    /// @param lastBand  highest band, below 1024
    /// @param leastKm   shortest path
    /// @param sfiEdges  ascending, at most six: class 0 is an unknown flux, 1 is below the first edge, and so on; an edge belongs to
    ///                  the class above it
    record Rule(int firstBand, int lastBand, float leastKm, float... sfiEdges) {

        /// @throws IllegalArgumentException if the edges are too many or do not ascend, or the bands leave 0 to 1023
        public Rule {
            sfiEdges = sfiEdges.clone();
            if (sfiEdges.length > CLASSES - 2 || firstBand < 0 || lastBand > 1023) {
                throw new IllegalArgumentException(sfiEdges.length + " edges of solar classes, bands " + firstBand + " to " + lastBand
                        + ": 6 edges and bands 0 to 1023 are possible");
            }
            for (int i = 0; i < sfiEdges.length; i++) {
                if (!(i == 0 ? sfiEdges[0] == sfiEdges[0] : sfiEdges[i] > sfiEdges[i - 1])) {
                    throw new IllegalArgumentException("the edges of solar classes do not ascend at edge " + i + ": " + sfiEdges[i]);
                }
            }
        }

        @Override
        public float[] sfiEdges() {
            return sfiEdges.clone();
        }

        /// Six edges; those that are not used are NaN, which no flux reaches.
        public float[] paddedEdges() {
            float[] padded = Arrays.copyOf(sfiEdges, CLASSES - 2);
            Arrays.fill(padded, sfiEdges.length, padded.length, Float.NaN);
            return padded;
        }
    }

    /// `bucket[i] = ⌊time[i] / 10800⌋`, unsigned.
    ///
    /// @param time   U32 `[≥ n]`
    /// @param bucket U32 `[≥ n]`
    void buckets(Buffer time, Buffer bucket, long n);

    /// `keys[i]`: band (bits 38 to 47), hour of the day (33 to 37), transmitter's square (18 to 32), receiver's square (3 to 17),
    /// solar class (0 to 2), so that ascending keys are the order of the signature tables. [#NONE] for a spot whose band or
    /// distance the rule leaves out (a NaN is left out) or whose square is none.
    ///
    /// @param keys U64 `[≥ n]`
    void signatures(Spots spots, Rule rule, Buffer keys, long n);
}
