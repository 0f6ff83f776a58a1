package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SpotKeys;

/// `kernels/spot_keys.cu`: a thread a spot.
final class CudaSpotKeys implements SpotKeys {

    private final Device device;

    CudaSpotKeys(Device device) {
        this.device = device;
    }

    @Override
    public void buckets(Buffer time, Buffer bucket, long n) {
        PointwiseArguments.buckets(time, bucket, n);
        device.launchEach("spot_bucket_u32", n, time, bucket, n);
    }

    @Override
    public void signatures(Spots spots, Rule rule, Buffer keys, long n) {
        PointwiseArguments.signatures(spots, keys, n);
        float[] edges = rule.paddedEdges();
        device.launchEach("spot_signature_u64", n, spots.band(), spots.time(), spots.txSquare(), spots.rxSquare(), spots.sfi(), spots.distance(),
                rule.firstBand(), rule.lastBand(), rule.leastKm(), edges[0], edges[1], edges[2], edges[3], edges[4], edges[5], keys, n);
    }
}
