package org.ionforge.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.compute.HostMachine;

/// What a benchmark leaves in bench/results/: the machine, its measured ceilings, and a [Result] a line.
///
/// @param command  the command that made it
/// @param ceilings measured in the same run, by backend, named with their unit (`copyGBps`, `fmaGflops`)
record ResultFile(String machine, LocalDate date, String command, Map<String, ?> ceilings, List<Result> results) {

    static ResultFile of(String command, Map<String, ?> ceilings, List<Result> results) {
        return new ResultFile(machineName(), LocalDate.now(), command, ceilings, results);
    }

    void write(Path file) {
        try {
            Files.writeString(file, json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What [#write] writes, indented.
    String json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("machine", machine);
        members.put("date", date.toString());
        members.put("command", command);
        members.put("ceilings", ceilings);
        members.put("results", results);
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(members) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Processor, memory, kernel and JVM.
    static String machineName() {
        return HostMachine.processor() + ", " + Math.round(HostMachine.memoryBytes() / 0x1p30) + " GiB, " + System.getProperty("os.name")
                + " " + System.getProperty("os.version") + ", JDK " + System.getProperty("java.vm.version");
    }
}
