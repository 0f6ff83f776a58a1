package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SpotKeys;

/// The definition.
final class ReferenceSpotKeys implements SpotKeys {

    @Override
    public void buckets(Buffer time, Buffer bucket, long n) {
        PointwiseArguments.buckets(time, bucket, n);
        for (long i = 0; i < n; i++) {
            long seconds = Integer.toUnsignedLong(time.host().getAtIndex(JAVA_INT_UNALIGNED, i));
            bucket.host().setAtIndex(JAVA_INT_UNALIGNED, i, (int) (seconds / BUCKET_SECONDS));
        }
    }

    @Override
    public void signatures(Spots spots, Rule rule, Buffer keys, long n) {
        PointwiseArguments.signatures(spots, keys, n);
        float[] edges = rule.sfiEdges();
        for (long i = 0; i < n; i++) {
            int band = unsigned(spots.band(), i);
            int tx = unsigned(spots.txSquare(), i);
            int rx = unsigned(spots.rxSquare(), i);
            long hour = Integer.toUnsignedLong(spots.time().host().getAtIndex(JAVA_INT_UNALIGNED, i)) / 3600 % 24;
            float distance = spots.distance().host().getAtIndex(JAVA_FLOAT_UNALIGNED, i);
            boolean counts = band >= rule.firstBand() && band <= rule.lastBand() && distance >= rule.leastKm() && tx < SQUARES
                    && rx < SQUARES;
            int solar = solarClass(spots.sfi().host().getAtIndex(JAVA_FLOAT_UNALIGNED, i), edges);
            HostArrays.setLong(keys, i, counts ? (long) band << 38 | hour << 33 | (long) tx << 18 | (long) rx << 3 | solar : NONE);
        }
    }

    private static int unsigned(Buffer shorts, long i) {
        return Short.toUnsignedInt(shorts.host().getAtIndex(JAVA_SHORT_UNALIGNED, i));
    }

    private static int solarClass(float sfi, float[] edges) {
        if (Float.isNaN(sfi)) {
            return 0;
        }
        int solar = 1;
        for (float edge : edges) {
            solar += sfi >= edge ? 1 : 0;
        }
        return solar;
    }
}
