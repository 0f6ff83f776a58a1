package org.ionforge.errors;

/// The machine lacks something the job needs: a library, a device, disk space, a reachable server.
/// The message names what is missing and the package or setting that brings it. Exit code 3.
public final class EnvironmentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EnvironmentException(String message) {
        super(message);
    }

    public EnvironmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
