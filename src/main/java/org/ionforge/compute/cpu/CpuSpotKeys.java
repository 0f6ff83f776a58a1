package org.ionforge.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_grouping_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SpotKeys;

/// `native/src/isa/spot_keys.cpp`.
final class CpuSpotKeys implements SpotKeys {

    @Override
    public void buckets(Buffer time, Buffer bucket, long n) {
        PointwiseArguments.buckets(time, bucket, n);
        ionforge_grouping_h.ionforge_spot_bucket_u32(time.host(), bucket.host(), n);
    }

    @Override
    public void signatures(Spots spots, Rule rule, Buffer keys, long n) {
        PointwiseArguments.signatures(spots, keys, n);
        try (Arena call = Arena.ofConfined()) {
            ionforge_grouping_h.ionforge_spot_signature_u64(spots.band().host(), spots.time().host(), spots.txSquare().host(),
                    spots.rxSquare().host(), spots.sfi().host(), spots.distance().host(), rule.firstBand(), rule.lastBand(), rule.leastKm(),
                    call.allocateFrom(ValueLayout.JAVA_FLOAT, rule.paddedEdges()), keys.host(), n);
        }
    }
}
