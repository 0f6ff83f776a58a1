package org.ionforge.errors;

/// The user gave something that cannot be used: a bad argument, a malformed file, a model with the wrong tensors.
/// The message says what was wrong, where (file, line, column, tensor) and what to do. Exit code 2.
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InputException(String message) {
        super(message);
    }

    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
