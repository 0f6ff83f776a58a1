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

/// What a benchmark leaves in bench/results/: the machine, its measured ceilings, and a [Result] a line.
///
/// @param command  the command that made it
/// @param ceilings measured in the same run, named with their unit (`copyGBps`, `fmaGflopsPerCore`)
record ResultFile(String machine, LocalDate date, String command, Map<String, Double> ceilings, List<Result> results) {

    static ResultFile of(String command, Map<String, Double> ceilings, List<Result> results) {
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

    /// Processor, cores, memory, kernel and JVM.
    static String machineName() {
        return processor() + ", " + Runtime.getRuntime().availableProcessors() + " cores, " + memory() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", JDK "
                + System.getProperty("java.vm.version");
    }

    private static String processor() {
        return field(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch"));
    }

    private static String memory() {
        String kib = field(Path.of("/proc/meminfo"), "MemTotal", "0 kB").replaceAll("\\D", "");
        return Math.round(Long.parseLong(kib) / 1048576.0) + " GiB";
    }

    private static String field(Path file, String name, String otherwise) {
        try {
            return Files.readAllLines(file).stream().filter(l -> l.startsWith(name)).findFirst()
                    .map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
