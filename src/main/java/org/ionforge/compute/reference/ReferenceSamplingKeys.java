package org.ionforge.compute.reference;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.Philox;
import org.ionforge.compute.SamplingKeys;
import org.ionforge.compute.reference.HostArrays.Floats;

/// The definition, on [Philox] with stream 0.
final class ReferenceSamplingKeys implements SamplingKeys {

    private static final long STREAM = 0;

    @Override
    public void uniform(Buffer identity, long seed, Buffer keys, long n) {
        Operands.requireCount(n);
        Operands.require("identity", identity, ElementType.U64, n);
        Operands.require("keys", keys, ElementType.U64, n);
        for (long i = 0; i < n; i++) {
            HostArrays.setLong(keys, i, Philox.bits(seed, HostArrays.longAt(identity, i), STREAM));
        }
    }

    @Override
    public void weighted(Buffer identity, Buffer weight, long seed, Buffer keys, long n) {
        Operands.requireCount(n);
        Operands.require("identity", identity, ElementType.U64, n);
        Floats weights = HostArrays.floats("weight", weight, n);
        Operands.require("keys", keys, ElementType.F64, n);
        for (long i = 0; i < n; i++) {
            double u = Philox.uniform(seed, HostArrays.longAt(identity, i), STREAM);
            float w = weights.get(i);
            HostArrays.setDouble(keys, i, w > 0 ? Math.log(u) / w : Double.NEGATIVE_INFINITY);
        }
    }
}
