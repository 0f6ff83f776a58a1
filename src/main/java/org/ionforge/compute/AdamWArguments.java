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
        long end = end(parameters, groups);
        Operands.require("parameters", parameters, ElementType.F32, end);
        Operands.require("gradients", gradients, ElementType.F32, end);
        Operands.require("m", m, ElementType.F32, end);
        Operands.require("v", v, ElementType.F32, end);
    }

    /// Where the last group ends, for every optimiser that has groups.
    ///
    /// @throws IllegalArgumentException naming the group that does not fit
    static long end(Buffer parameters, List<AdamW.Group> groups) {
        long end = 0;
        for (AdamW.Group group : groups.stream().sorted(Comparator.comparingLong(AdamW.Group::offset)).toList()) {
            if (group.offset() < end || group.length() < 0 || group.offset() + group.length() > parameters.length()) {
                throw new IllegalArgumentException(group + " overlaps another or leaves the " + parameters.length() + " parameters");
            }
            if (!(group.learningRate() > 0) || !(group.minimum() <= group.maximum())) {
                throw new IllegalArgumentException(group + ": the rate must be positive and minimum ≤ maximum");
            }
            end = group.offset() + group.length();
        }
        return end;
    }
}
