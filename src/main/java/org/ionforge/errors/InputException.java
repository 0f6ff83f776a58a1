package org.ionforge.errors;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

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

    /// For a file that is not there or cannot be read.
    public static InputException unreadable(Path file, IOException cause) {
        return new InputException(switch (cause) {
            case NoSuchFileException _ -> "there is no file " + file;
            case AccessDeniedException _ -> file + " may not be read by this user";
            default -> Files.isDirectory(file) ? file + " is a folder, a file is wanted" : "cannot read " + file + ": " + cause.getMessage();
        }, cause);
    }
}
