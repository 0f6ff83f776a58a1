package org.ionforge.compute;

/// The check that every room makes on each operand before it touches memory.
public final class Operands {

    private Operands() {
    }

    /// @throws IllegalArgumentException if the buffer has another type or holds fewer than `n` elements; it names the operand
    /// @throws IllegalStateException    if the buffer was closed
    public static void require(String name, Buffer buffer, ElementType type, long n) {
        if (buffer.isClosed()) {
            throw new IllegalStateException(name + ": buffer used after close");
        }
        if (buffer.type() != type || buffer.length() < n) {
            throw new IllegalArgumentException(name + " must hold " + n + " " + type + ", it holds " + buffer.length() + " "
                    + buffer.type());
        }
    }

    /// @throws IllegalArgumentException if `n` is negative
    public static void requireCount(long n) {
        if (n < 0) {
            throw new IllegalArgumentException("a count of " + n + " rows");
        }
    }
}
