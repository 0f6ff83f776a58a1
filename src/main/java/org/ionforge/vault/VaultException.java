package org.ionforge.vault;

/// ClickHouse refused or failed a statement; the message has its error code and text and the start of the statement.
public final class VaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public VaultException(String message) {
        super(message);
    }

    public VaultException(String message, Throwable cause) {
        super(message, cause);
    }
}
