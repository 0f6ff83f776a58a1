package org.ionforge.compute.cuda.vendor;

import java.util.Locale;

/// A product of row-major matrices without gaps, whose rows start at multiples of 16 bytes: `C[m, n] = Σ_k …`.
///
/// @param type of operands and result
/// @param form which index of the operands is the inner one
/// @param m    rows of C
/// @param n    columns of C
/// @param k    terms of a sum
public record MatrixProduct(Type type, Form form, int m, int n, int k) {

    /// Operands, and the result that their sums are taken in.
    public enum Type {
        /// F32 to F32.
        FP32(4),
        /// F32, of which 11 significant bits count, to F32.
        TF32(4),
        /// BF16 to F32.
        BF16(2),
        /// S8 to S32, exact.
        INT8(1);

        private final int operandBytes;

        Type(int operandBytes) {
            this.operandBytes = operandBytes;
        }

        public int operandBytes() {
            return operandBytes;
        }
    }

    /// How the operands lie.
    public enum Form {
        /// `C = A·Bᵀ` of A `[m, k]` and B `[n, k]`: a dense layer.
        ROWS_BY_ROWS,
        /// `C = Aᵀ·B` of A `[k, m]` and B `[k, n]`: the gradient of its weights.
        COLUMNS_BY_COLUMNS
    }

    public MatrixProduct {
        if (m < 1 || n < 1 || k < 1) {
            throw new IllegalArgumentException("no product: " + m + "×" + n + ", " + k + " deep");
        }
    }

    public long aBytes() {
        return (long) m * k * type.operandBytes;
    }

    public long bBytes() {
        return (long) n * k * type.operandBytes;
    }

    public long cBytes() {
        return 4L * m * n;
    }

    /// `bf16 AᵀB 256×512×65536`: m, n, k.
    @Override
    public String toString() {
        return type.name().toLowerCase(Locale.ROOT) + (form == Form.ROWS_BY_ROWS ? " ABᵀ " : " AᵀB ") + m + "×" + n + "×" + k;
    }
}
