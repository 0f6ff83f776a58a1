package org.ionforge.cli;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/// One command of `./ionforge`.
interface Command {

    /// The word or words that call it: `refine`, `train ionisgate`.
    String name();

    /// Its arguments after the name, as the help shows them: `FILE|DIR… --solar FILE… --vault WHERE`.
    String arguments();

    /// One sentence for the list of commands.
    String summary();

    /// Its options; `--help` is added to them.
    Options options();

    /// Does the work.
    ///
    /// @return the exit code, 0 unless the job ended incomplete
    /// @throws Exception which [Main] turns into a message and an exit code
    int run(CommandLine line, Console console) throws Exception;
}
