package org.ionforge.compute;

/// Weights of one layer in the layout that a backend's [QuantizedGemm] reads fastest. Opaque: only the backend that packed them
/// can use them, and no float copy is kept.
///
/// Immutable, so many calls may share them. They own a buffer of their backend until [#close()], which is idempotent; using them
/// after it throws [IllegalStateException].
public interface PackedWeights extends AutoCloseable {

    QuantizedGemm.Format format();

    /// N: rows of the weight matrix.
    int outputs();

    /// K: columns of the weight matrix.
    int inputs();

    /// What they own, for their backend alone.
    Buffer memory();

    /// Bytes that this layout takes, padding and corrections included.
    default long byteSize() {
        return memory().byteSize();
    }

    default boolean isClosed() {
        return memory().isClosed();
    }

    @Override
    default void close() {
        memory().close();
    }
}
