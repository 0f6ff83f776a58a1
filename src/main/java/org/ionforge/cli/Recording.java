package org.ionforge.cli;

import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.ionforge.compute.Backend;
import org.ionforge.telemetry.RunRecord;

/// Begins the record that a job's command leaves beside its result: what was typed, with which version, on which backend.
final class Recording {

    private Recording() {
    }

    static RunRecord begin(Path folder, Command command, CommandLine line, Backend backend) {
        RunRecord record = RunRecord.begin(folder, List.of(typed(command, line)));
        record.fact("Ionforge", Version.NUMBER + " " + Version.commit());
        record.fact("backend", backend.name() + ": " + backend.description());
        return record;
    }

    /// What to type to do it again; a password in an address stays out of it.
    private static String typed(Command command, CommandLine line) {
        StringBuilder typed = new StringBuilder("./ionforge ").append(command.name());
        line.getArgList().forEach(argument -> typed.append(' ').append(argument));
        for (Option option : line.getOptions()) {
            typed.append(" --").append(option.getLongOpt());
            for (String value : option.getValuesList()) {
                typed.append(' ').append(value.replaceFirst("^(https?://[^:/@]*):[^/]*@", "$1:PASSWORD@"));
            }
        }
        return typed.toString();
    }
}
