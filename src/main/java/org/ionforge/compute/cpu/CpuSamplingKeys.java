package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.SamplingKeys;

/// `native/src/isa/sampling.cpp`.
final class CpuSamplingKeys implements SamplingKeys {

    @Override
    public void uniform(Buffer identity, long seed, Buffer keys, long n) {
        Operands.requireCount(n);
        Operands.require("identity", identity, ElementType.U64, n);
        Operands.require("keys", keys, ElementType.U64, n);
        ionforge_cpu_h.ionforge_sampling_keys_uniform_u64(identity.host(), seed, keys.host(), n);
    }

    @Override
    public void weighted(Buffer identity, Buffer weight, long seed, Buffer keys, long n) {
        Operands.requireCount(n);
        Operands.require("identity", identity, ElementType.U64, n);
        Operands.require("weight", weight, ElementType.F32, n);
        Operands.require("keys", keys, ElementType.F64, n);
        ionforge_cpu_h.ionforge_sampling_keys_weighted_f64(identity.host(), weight.host(), seed, keys.host(), n);
    }
}
