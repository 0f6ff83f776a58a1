package org.ionforge.cli;

import java.io.PrintStream;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.ProgressDisplay;

/// Where a command writes: results to `out`, everything else to `err`.
///
/// @param terminal whether `err` is a terminal, so that a progress bar makes sense
record Console(PrintStream out, PrintStream err, boolean terminal) {

    /// Shows a job's progress on `err`; close it when the job has ended.
    Progress progress() {
        return ProgressDisplay.on(err, terminal);
    }
}
