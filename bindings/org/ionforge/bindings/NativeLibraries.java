package org.ionforge.bindings;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where the project's own native libraries lie: `$IONFORGE_NATIVE`, or `native/` beside the jar or the classes folder.
public final class NativeLibraries {

    private NativeLibraries() {
    }

    /// The file of that name, if it was built.
    public static Optional<Path> find(String fileName) {
        String folder = System.getenv("IONFORGE_NATIVE");
        Path file = (folder == null || folder.isEmpty() ? besideTheCode() : Path.of(folder)).resolve(fileName);
        return Files.isRegularFile(file) ? Optional.of(file.toAbsolutePath()) : Optional.empty();
    }

    private static Path besideTheCode() {
        try {
            Path code = Path.of(NativeLibraries.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return code.toAbsolutePath().getParent().resolve("native");
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the code's own location is no path", e);
        }
    }
}
