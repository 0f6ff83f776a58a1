package org.ionforge.compute.cuda.vendor;

/// A library refused a call. The message has the call, the status and the library's own words for it.
public final class VendorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VendorException(String message) {
        super(message);
    }
}
