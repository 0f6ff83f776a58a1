package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SamplingKeys;

/// `kernels/sampling.cu`: a thread a row.
final class CudaSamplingKeys implements SamplingKeys {

    private final Device device;

    CudaSamplingKeys(Device device) {
        this.device = device;
    }

    @Override
    public void uniform(Buffer identity, long seed, Buffer keys, long n) {
        PointwiseArguments.uniform(identity, keys, n);
        device.launchEach("sampling_keys_uniform_u64", n, identity, seed, keys, n);
    }

    @Override
    public void weighted(Buffer identity, Buffer weight, long seed, Buffer keys, long n) {
        PointwiseArguments.weighted(identity, weight, keys, n);
        device.launchEach("sampling_keys_weighted_f64", n, identity, weight, seed, keys, n);
    }
}
