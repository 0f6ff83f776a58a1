package org.ionforge.compute.cuda;

/// The driver, or the emulator in its place, refused a call or found a fault in a kernel. The message names the call or the
/// kernel, the error, and what to do.
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CudaException(String message) {
        super(message);
    }
}
