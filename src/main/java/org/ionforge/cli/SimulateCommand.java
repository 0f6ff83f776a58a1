package org.ionforge.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.errors.InputException;
import org.ionforge.refinery.simulation.SimulationRequest;
import org.ionforge.refinery.simulation.SimulationResult;
import org.ionforge.refinery.simulation.Simulator;
import org.ionforge.telemetry.Progress;

/// `./ionforge simulate`.
final class SimulateCommand implements Command {

    @Override
    public String name() {
        return "simulate";
    }

    @Override
    public String arguments() {
        return "--days N --spots-per-day M --seed S --out DIR";
    }

    @Override
    public String summary() {
        return "Write WSPR archive files and solar indices of a simulated network, and the truth planted in them.";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Arguments.value("days", "N", "days to simulate (default 30)"))
                .addOption(Arguments.value("spots-per-day", "M", "spots on each day (default 50000)"))
                .addOption(Arguments.value("seed", "S", "same seed, same bytes (default 1)"))
                .addOption(Arguments.required("out", "DIR", "folder for the files"))
                .addOption(Arguments.value("start", "YYYY-MM-DD", "first day (default " + SimulationRequest.DEFAULT_START + ")"))
                .addOption(Arguments.value("every", "D", "days from one simulated day to the next (default 1)"))
                .addOption(Arguments.value("stations", "K", "size of the network (default: fits the spots)"))
                .addOption(null, "dirt", false, "spoil one row in a hundred, in every way seen in real archives")
                .addOption(null, "truncate", false, "cut the last archive file short")
                .addOption(null, "goes", false, "write GOES X-ray fluxes too")
                .addOption(null, "json", false, "print the result as JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        SimulationRequest request = new SimulationRequest(Arguments.integer(line, "days", 30),
                Arguments.whole(line, "spots-per-day", 50_000), Arguments.whole(line, "seed", 1), date(line), Arguments.integer(line, "every", 1),
                Arguments.integer(line, "stations", 0), line.hasOption("dirt"), line.hasOption("truncate"), line.hasOption("goes"),
                Runtime.getRuntime().availableProcessors(), Path.of(line.getOptionValue("out")));
        SimulationResult result;
        try (Progress progress = console.progress()) {
            result = Simulator.run(request, progress);
        }
        if (line.hasOption("json")) {
            console.out().println(new ObjectMapper().writeValueAsString(summary(result)));
        } else {
            console.out().printf(Locale.ROOT, "%,d spots in %d files (%,d bytes) and %s, %.1f s; the truth is in %s%n",
                    result.truth().spots(), result.archives().size(), result.fileBytes(), result.solar(), result.seconds(),
                    result.truthFile());
        }
        return 0;
    }

    private static Map<String, Object> summary(SimulationResult result) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("archives", result.archives().stream().map(Path::toString).toList());
        summary.put("solar", result.solar().toString());
        if (result.goes() != null) {
            summary.put("goes", result.goes().toString());
        }
        summary.put("truth", result.truthFile().toString());
        summary.put("spots", result.truth().spots());
        summary.put("lines", result.truth().lines());
        summary.put("dirt", result.truth().dirt());
        summary.put("shortfall", result.shortfall());
        summary.put("fileBytes", result.fileBytes());
        summary.put("seconds", result.seconds());
        summary.put("rowsPerSecond", result.truth().spots() / result.seconds());
        return summary;
    }

    private static LocalDate date(CommandLine line) {
        String text = line.getOptionValue("start");
        try {
            return text == null ? SimulationRequest.DEFAULT_START : LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new InputException("--start wants a date like 2024-01-31, not '" + text + "'", e);
        }
    }
}
