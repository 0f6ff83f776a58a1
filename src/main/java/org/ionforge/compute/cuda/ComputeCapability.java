package org.ionforge.compute.cuda;

/// The generation of a GPU: which machine code runs on it, and how much shared memory a block may have.
///
/// @param major 8 for Ampere and Ada, 9 for Hopper, 10 and 12 for Blackwell
/// @param minor the variant, 0 to 9
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {

    /// The oldest that the kernels are compiled for.
    public static final ComputeCapability OLDEST = new ComputeCapability(8, 0);

    /// Whether code for `architecture` runs here: `sm_86` on the same generation from that variant on, `sm_90a` on exactly
    /// 9.0, `compute_80` (PTX) on all that came later.
    public boolean runs(String architecture) {
        int digits = architecture.indexOf('_') + 1;
        int end = architecture.length();
        boolean exact = architecture.charAt(end - 1) == 'a';
        int number = Integer.parseInt(architecture, digits, exact ? end - 1 : end, 10);
        ComputeCapability asked = new ComputeCapability(number / 10, number % 10);
        if (exact) {
            return equals(asked);
        }
        return compareTo(asked) >= 0 && (architecture.startsWith("compute_") || major == asked.major);
    }

    /// Shared memory that a block may have, in bytes, static and dynamic together; of a generation not known here, the least
    /// of those that are.
    public int sharedBytes() {
        return switch (major * 10 + minor) {
            case 80, 87 -> 163 << 10;
            case 90, 100, 103, 110 -> 227 << 10;
            default -> 99 << 10;
        };
    }

    @Override
    public int compareTo(ComputeCapability other) {
        return Integer.compare(major * 10 + minor, other.major * 10 + other.minor);
    }

    /// As NVIDIA writes it: `9.0`.
    @Override
    public String toString() {
        return major + "." + minor;
    }
}
