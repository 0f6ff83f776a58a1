package org.ionforge.compute;

/// Medians of small whole numbers by key, from a histogram of each group: exact.
public interface GroupedMedians {

    /// Rows of one key lie together. Keys of [SpotKeys#NONE] belong to no group.
    ///
    /// @param keys   U64 `[≥ n]`, ascending
    /// @param order  U32 `[≥ n]`: where the value of each key lies
    /// @param values S8 `[> every order]`
    record Rows(Buffer keys, Buffer order, Buffer values, long n) {
    }

    /// One entry for each group, in ascending order of keys; each buffer must hold as many as there may be, `n` at most.
    ///
    /// @param keys    U64
    /// @param counts  U32, rows of the group
    /// @param medians F32, the middle value, or the mean of the middle two where the count is even
    record Groups(Buffer keys, Buffer counts, Buffer medians) {
    }

    /// Waits for the result.
    ///
    /// @return number of groups
    /// @throws IllegalArgumentException if there are more groups than a buffer of `groups` holds; it then has undefined contents
    long medians(Rows rows, Groups groups);

    /// The check that every room makes before it touches memory.
    ///
    /// @return groups that the shortest buffer holds
    /// @throws IllegalArgumentException naming what does not fit
    static long check(Rows rows, Groups groups) {
        Operands.requireCount(rows.n());
        Operands.require("keys", rows.keys(), ElementType.U64, rows.n());
        Operands.require("order", rows.order(), ElementType.U32, rows.n());
        Operands.require("values", rows.values(), ElementType.S8, 0);
        Operands.require("groups' keys", groups.keys(), ElementType.U64, 0);
        Operands.require("groups' counts", groups.counts(), ElementType.U32, 0);
        Operands.require("groups' medians", groups.medians(), ElementType.F32, 0);
        return Math.min(groups.keys().length(), Math.min(groups.counts().length(), groups.medians().length()));
    }

    /// What every room says of too many groups.
    static IllegalArgumentException tooMany(long groups, long capacity) {
        return new IllegalArgumentException(groups + " groups do not fit buffers of " + capacity);
    }
}
