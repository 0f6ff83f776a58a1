package org.ionforge.telemetry;

import java.io.PrintStream;

/// Chooses how a person sees [Progress].
public final class ProgressDisplay {

    private ProgressDisplay() {
    }

    /// A bar when `terminal`, in colour unless NO_COLOR is set (no-color.org); plain lines otherwise.
    ///
    /// @param err where it goes; standard output is for results
    public static Progress on(PrintStream err, boolean terminal) {
        String noColor = System.getenv("NO_COLOR");
        return terminal ? new TerminalProgress(err, noColor == null || noColor.isEmpty()) : new PlainProgress(err);
    }
}
