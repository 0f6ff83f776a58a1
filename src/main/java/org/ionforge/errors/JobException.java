package org.ionforge.errors;

/// The job itself failed or ended incomplete: a truncated file, a NaN in training, a failed gate. Exit code 1.
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JobException(String message) {
        super(message);
    }

    public JobException(String message, Throwable cause) {
        super(message, cause);
    }
}
