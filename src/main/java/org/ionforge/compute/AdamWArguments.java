package org.ionforge.compute;

import java.util.Comparator;
import java.util.List;

/// The checks on the arguments of an [AdamW] step that every room makes before it touches memory.
public final class AdamWArguments {

    private AdamWArguments() {
    }

    /// @throws IllegalArgumentException naming what does not fit
    public static void check(Buffer parameters, Buffer gradients, Buffer m, Buffer v, List<AdamW.Group> groups, long step) {
        if (step < 1) {
            throw new IllegalArgumentException("steps count from 1, got " + step);
        }
        long length = parameters.length();
        buffer("parameters", parameters, length);
        buffer("gradients", gradients, length);
        buffer("m", m, length);
        buffer("v", v, length);
        long end = 0;
        for (AdamW.Group group : groups.stream().sorted(Comparator.comparingLong(AdamW.Group::offset)).toList()) {
            if (group.offset() < end || group.length() < 0 || group.offset() + group.length() > length) {
                throw new IllegalArgumentException(group + " overlaps another or leaves the " + length + " parameters");
            }
            if (!(group.learningRate() > 0) || !(group.minimum() <= group.maximum())) {
                throw new IllegalArgumentException(group + ": the rate must be positive and minimum ≤ maximum");
            }
            end = group.offset() + group.length();
        }
    }

    private static void buffer(String name, Buffer buffer, long length) {
        if (buffer.type() != ElementType.F32 || buffer.length() != length) {
            throw new IllegalArgumentException(name + " must hold " + length + " F32 like the parameters, it holds "
                    + buffer.length() + " " + buffer.type());
        }
    }
}
