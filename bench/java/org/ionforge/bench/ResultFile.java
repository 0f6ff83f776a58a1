package org.ionforge.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.compute.HostMachine;
import org.ionforge.errors.InputException;
import org.ionforge.export.AtomicFile;

/// What benchmarks leave in bench/results/, a file a machine: its measured ceilings, and a [Result] a line. A run's results can be merged
/// into those of earlier runs on the same machine, since not every suite wants the same settings.
///
/// @param date     of the newest run
/// @param ceilings by backend, named with their unit (`copyGBps`, `fmaGflops`): what any run has reached
/// @param runs     the processes that measured it
record ResultFile(String machine, String date, Map<String, Map<String, Double>> ceilings, List<Run> runs, List<Result> results) {

    private static final String NO_RESULT = " is no result of ./ionforge bench: ";
    private static final String ANEW = "; leave --merge out to write it anew";

    /// One process.
    ///
    /// @param command  what the user typed
    /// @param ceilings measured in it: what its results' shares are of
    record Run(String date, String command, Map<String, Map<String, Double>> ceilings) {
    }

    static ResultFile of(String command, Map<String, Map<String, Double>> ceilings, List<Result> results) {
        return of(machineName(), List.of(new Run(LocalDate.now().toString(), command, ceilings)), results);
    }

    private static ResultFile of(String machine, List<Run> runs, List<Result> results) {
        Map<String, Map<String, Double>> best = new LinkedHashMap<>();
        for (Run run : runs) {
            run.ceilings().forEach((backend, each) -> each.forEach((name, value) ->
                    best.computeIfAbsent(backend, _ -> new LinkedHashMap<>()).merge(name, value, Math::max)));
        }
        return new ResultFile(machine, runs.stream().map(Run::date).max(String::compareTo).orElseThrow(), best, runs, results);
    }

    /// What a file has.
    ///
    /// @throws InputException if that is no result of a benchmark, or one of another machine
    static ResultFile read(Path file) {
        try {
            ResultFile read = new ObjectMapper().readValue(file.toFile(), ResultFile.class);
            if (read.machine == null || read.runs == null || read.results == null) {
                throw new InputException(file + NO_RESULT + "it has no machine, runs or results" + ANEW);
            }
            if (!read.machine.equals(machineName())) {
                throw new InputException(file + " was measured on another machine, '" + read.machine + "', not on '" + machineName()
                        + "': write to a file of its own");
            }
            return read;
        } catch (JsonProcessingException e) {
            throw new InputException(file + NO_RESULT + e.getOriginalMessage() + ANEW, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// These results, in the place of `older` ones of the same suite, operation, shape and backend, whichever their peers were; and what
    /// else is in `older`.
    ResultFile mergedInto(ResultFile older) {
        List<Result> kept = older.results.stream().filter(each -> results.stream().noneMatch(each::isOfTheSameAs)).toList();
        List<Run> allRuns = new ArrayList<>();
        List<Result> all = new ArrayList<>();
        for (int run = 0; run < older.runs.size(); run++) {
            add(older.runs.get(run), ofRun(run, kept), allRuns, all);
        }
        for (int run = 0; run < runs.size(); run++) {
            add(runs.get(run), ofRun(run, results), allRuns, all);
        }
        return of(machine, allRuns, all);
    }

    private static List<Result> ofRun(int run, List<Result> results) {
        return results.stream().filter(each -> each.run() == run).toList();
    }

    /// A run of which nothing is left is forgotten.
    private static void add(Run run, List<Result> results, List<Run> allRuns, List<Result> all) {
        if (!results.isEmpty()) {
            results.forEach(each -> all.add(each.in(allRuns.size())));
            allRuns.add(run);
        }
    }

    void write(Path file) {
        try {
            AtomicFile.writeText(file, new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this) + "\n");
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
