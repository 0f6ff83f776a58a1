package org.ionforge.bench;

/// What a run costs, counted from the contract: bytes that must be read or written once, and arithmetic. In a formula each addition,
/// multiplication, division, root and elementary function counts one; a multiply-add of a matrix product two.
///
/// @param bytes      0 where it makes no sense
/// @param operations 0 where it makes no sense
/// @param unit       which peak bounds the operations
public record Cost(long bytes, long operations, Unit unit) {

    /// The pipe that does the operations.
    public enum Unit {
        /// Multiply-adds of floats.
        FMA("fmaGflops"),
        /// Products of bytes summed in 32 bits.
        DOT("dotGops"),
        /// Products of BF16 summed in FP32, on tensor cores.
        BF16("dotBf16Gflops");

        private final String ceiling;

        Unit(String ceiling) {
            this.ceiling = ceiling;
        }

        /// Its name among the ceilings.
        String ceiling() {
            return ceiling;
        }
    }

    public static final Cost UNKNOWN = bytes(0);

    public static Cost bytes(long bytes) {
        return new Cost(bytes, 0, Unit.FMA);
    }

    public Cost fma(long operations) {
        return new Cost(bytes, operations, Unit.FMA);
    }

    public Cost bf16(long operations) {
        return new Cost(bytes, operations, Unit.BF16);
    }

    public Cost dot(long operations) {
        return new Cost(bytes, operations, Unit.DOT);
    }
}
