package org.ionforge.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

final class Version {
    static final String NUMBER = "0.1.0";

    private Version() {
    }

    /// The git commit that was built, with `+` if the tree had changes; `unknown` outside a repository.
    static String commit() {
        try (InputStream stream = Version.class.getResourceAsStream("commit.txt")) {
            return stream == null ? "unknown" : new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
