package org.ionforge.cli;

import java.io.PrintStream;

/// Where a command writes: results to `out`, everything else to `err`.
///
/// @param terminal whether `err` is a terminal, so that a progress bar makes sense
record Console(PrintStream out, PrintStream err, boolean terminal) {
}
