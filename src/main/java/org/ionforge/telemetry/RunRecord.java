package org.ionforge.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ionforge.errors.InputException;
import org.ionforge.errors.JobException;
import org.ionforge.telemetry.energy.EnergyMeter;
import org.ionforge.telemetry.energy.EnergyReading;

/// What was run, with what, and how long each stage took: `run.json` in the folder of a run, brought up to date with every
/// fact and stage, so that a run that was stopped has left its record too. Not thread-safe.
public final class RunRecord {

    public static final String FILE_NAME = "run.json";

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Path directory;
    private final List<String> commands;
    private final String started;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<Stage> stages = new ArrayList<>();
    private final Map<String, JsonNode> results = new LinkedHashMap<>();

    /// A stage that has ended.
    ///
    /// @param outcome `done`, `skipped` (its result was there already) or what went wrong
    /// @param energy  that the machine took meanwhile, a reading of each counter; none for a stage that was skipped
    public record Stage(String name, double seconds, String outcome, List<EnergyReading> energy) {

        public Stage {
            energy = energy == null ? List.of() : List.copyOf(energy);
        }
    }

    /// A record as it lies in the file.
    ///
    /// @param commands what to type to do it again, a line each
    /// @param started ISO time, UTC
    /// @param facts   whatever describes the run: seed, backend, versions, source of the data
    /// @param results what the run's job measured, by name
    public record Run(List<String> commands, String started, Map<String, String> facts, List<Stage> stages, Map<String, JsonNode> results) {

        public Run {
            results = results == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(results));
        }
    }

    private RunRecord(Path directory, List<String> commands) {
        this.directory = directory;
        this.commands = List.copyOf(commands);
        started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// Begins the record of a run in `directory`, in place of one that is there. Java and the system are noted.
    public static RunRecord begin(Path directory, List<String> commands) {
        RunRecord record = new RunRecord(directory, commands);
        record.facts.put("Java", System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
        record.facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch")
                + ", " + Runtime.getRuntime().availableProcessors() + " processors");
        return record;
    }

    /// Notes something that describes the run.
    public void fact(String name, String value) {
        facts.put(name, value);
        write();
    }

    /// Notes what was measured, in place of what had that name.
    ///
    /// @param value a record, list or map that JSON can hold
    public void result(String name, Object value) {
        results.put(name, JSON.valueToTree(value));
        write();
    }

    /// Does `work` as the stage `name` and writes how long it took and which energy, also if it fails.
    public <T> T stage(String name, Callable<T> work) throws Exception {
        long start = System.nanoTime();
        String outcome = "failed";
        EnergyMeter meter = EnergyMeter.start();
        try {
            T result = work.call();
            outcome = "done";
            return result;
        } catch (Exception e) {
            outcome = "failed: " + e.getMessage();
            throw e;
        } finally {
            stages.add(new Stage(name, (System.nanoTime() - start) * 1e-9, outcome, meter.stop()));
            write();
        }
    }

    /// Notes a stage whose result was there already.
    public void skipped(String name) {
        stages.add(new Stage(name, 0, "skipped", List.of()));
        write();
    }

    public Run run() {
        return new Run(commands, started, Collections.unmodifiableMap(new LinkedHashMap<>(facts)), List.copyOf(stages), results);
    }

    /// The record in `directory`, if there is one.
    ///
    /// @throws InputException if it is not readable
    public static Optional<Run> read(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        try {
            return Files.exists(file) ? Optional.of(JSON.readValue(Files.readAllBytes(file), Run.class)) : Optional.empty();
        } catch (JsonProcessingException e) {
            throw new InputException("cannot read the record of the run, " + file + ": line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + " is not what it wrote", e);
        } catch (IOException e) {
            throw InputException.unreadable(file, e);
        }
    }

    /// The records in several folders as that of one run whose steps were typed one by one: commands and stages in the order of the
    /// folders, later facts and results in the place of earlier ones of the same name. Folders without one are passed over.
    public static Optional<Run> read(List<Path> directories) {
        List<Run> found = directories.stream().flatMap(directory -> read(directory).stream()).toList();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> facts = new LinkedHashMap<>();
        Map<String, JsonNode> results = new LinkedHashMap<>();
        found.forEach(run -> {
            facts.putAll(run.facts);
            results.putAll(run.results);
        });
        return Optional.of(new Run(found.stream().flatMap(run -> run.commands.stream()).toList(), found.getFirst().started,
                facts, found.stream().flatMap(run -> run.stages.stream()).toList(), results));
    }

    private void write() {
        Path file = directory.resolve(FILE_NAME);
        Path part = directory.resolve(FILE_NAME + ".part");
        try {
            Files.createDirectories(directory);
            Files.write(part, JSON.writeValueAsBytes(new Run(commands, started, facts, stages, results)));
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new JobException("cannot write the record of the run, " + file + ": " + e.getMessage(), e);
        }
    }
}
