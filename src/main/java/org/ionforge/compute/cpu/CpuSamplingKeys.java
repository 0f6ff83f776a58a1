package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.PointwiseArguments;
import org.ionforge.compute.SamplingKeys;

/// `native/src/isa/sampling.cpp`.
final class CpuSamplingKeys implements SamplingKeys {

    @Override
    public void uniform(Buffer identity, long seed, Buffer keys, long n) {
        PointwiseArguments.uniform(identity, keys, n);
        ionforge_cpu_h.ionforge_sampling_keys_uniform_u64(identity.host(), seed, keys.host(), n);
    }

    @Override
    public void weighted(Buffer identity, Buffer weight, long seed, Buffer keys, long n) {
        PointwiseArguments.weighted(identity, weight, keys, n);
        ionforge_cpu_h.ionforge_sampling_keys_weighted_f64(identity.host(), weight.host(), seed, keys.host(), n);
    }
}
