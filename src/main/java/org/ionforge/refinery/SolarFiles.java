package org.ionforge.refinery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ionforge.errors.InputException;

/// Files of solar indices, told apart by their content: GFZ's table or NOAA's GOES X-ray JSON.
final class SolarFiles {

    /// Receives what a file says about a bucket; a bucket may come more than once.
    interface Receiver {
        void accept(int bucket, SolarRow row);
    }

    private SolarFiles() {
    }

    static void read(Path file, Receiver receiver) {
        try {
            if (firstCharacter(file) == '[') {
                GoesFile.read(file, receiver);
            } else {
                GfzFile.read(file, receiver);
            }
        } catch (IOException e) {
            throw new InputException("cannot read solar file " + file + ": " + e.getMessage(), e);
        }
    }

    private static int firstCharacter(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            int c = in.read();
            while (c >= 0 && c <= ' ') {
                c = in.read();
            }
            return c;
        }
    }
}
