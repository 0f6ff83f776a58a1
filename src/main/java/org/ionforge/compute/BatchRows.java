package org.ionforge.compute;

/// Chosen rows of a data set as one time-major batch.
///
/// Moves 8 bytes an element and computes nothing: bound by memory. Results are equal to the bit.
public interface BatchRows {

    /// @param steps T: pieces of a row, 1 for samples that do not change
    /// @param batch B
    /// @param width W: elements of a piece
    record Shape(int steps, int batch, int width) {

        public Shape {
            if (steps < 1 || batch < 1 || width < 1) {
                throw new IllegalArgumentException("no batch of " + steps + " steps, " + batch + " rows, " + width + " elements");
            }
        }

        /// Elements of one row.
        public long row() {
            return (long) steps * width;
        }
    }

    /// `out[t,b,w] = data[index[first + b],t,w]`. A row that is not there becomes bits of ones everywhere, which is NaN as F32.
    ///
    /// @param data  F32, S32 or U32 `[rows, T, W]`
    /// @param index S32 `[≥ first + B]`
    /// @param out   of the type of `data`, `[T, B, W]`
    /// @throws IllegalArgumentException naming the argument that is too short or of a wrong type
    void gather(Shape shape, Buffer data, Buffer index, long first, Buffer out);

    /// The checks that every room makes before it touches memory.
    ///
    /// @return number of rows of the data
    static long check(Shape shape, Buffer data, Buffer index, long first, Buffer out) {
        ElementType type = data.type();
        if (type != ElementType.F32 && type != ElementType.S32 && type != ElementType.U32) {
            throw new IllegalArgumentException("data of type " + type + "; F32, S32 and U32 are possible");
        }
        if (first < 0) {
            throw new IllegalArgumentException("a batch from position " + first + " on");
        }
        Operands.require("data", data, type, 0);
        Operands.require("index", index, ElementType.S32, first + shape.batch());
        Operands.require("out", out, type, Math.multiplyExact(shape.batch(), shape.row()));
        return data.length() / shape.row();
    }
}
