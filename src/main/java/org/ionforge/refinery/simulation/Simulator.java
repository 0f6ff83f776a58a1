package org.ionforge.refinery.simulation;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.ionforge.errors.InputException;
import org.ionforge.errors.JobException;
import org.ionforge.telemetry.Progress;

/// Writes what a simulated WSPR network heard: archive files, solar indices, and the truth.
///
/// Hours are made and compressed in parallel and written in order; only a few of them are in memory at a time. The bytes depend
/// on the request alone, not on the number of threads.
public final class Simulator {

    private static final long FIRST_ID = 5_000_000_000L;
    private static final int HOURS = 24;

    private final SimulationRequest request;
    private final SolarWeather weather;
    private final PathTable paths;
    private final SpotLines lines;
    private final Map<Dirt, Long> dirt = new EnumMap<>(Dirt.class);
    private long rows;
    private long headers;
    private long fileBytes;

    private Simulator(SimulationRequest request) {
        this.request = request;
        weather = new SolarWeather(request.seed());
        paths = new PathTable(Network.of(request.seed(), request.stations()));
        lines = new SpotLines(paths);
    }

    /// Simulates into the request's folder, which may hold no archive files yet.
    ///
    /// @throws InputException if the folder has archive files of something else
    /// @throws JobException   if a file cannot be written
    public static SimulationResult run(SimulationRequest request, Progress progress) {
        try {
            Files.createDirectories(request.directory());
            try (Stream<Path> present = Files.list(request.directory())) {
                present.filter(p -> p.getFileName().toString().startsWith("wsprspots-")).findFirst().ifPresent(p -> {
                    throw new InputException("simulate: " + request.directory() + " already has archive files (" + p.getFileName()
                            + "); give a new folder");
                });
            }
            return new Simulator(request).write(progress);
        } catch (IOException e) {
            throw new JobException("simulate: cannot write to " + request.directory() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException("simulate: interrupted; " + request.directory() + " is not complete", e);
        }
    }

    private SimulationResult write(Progress progress) throws IOException, InterruptedException {
        long start = System.nanoTime();
        progress.begin("simulating", request.days() * request.spotsPerDay(), "rows");
        List<Path> archives = writeArchives(progress);
        Path truncated = request.truncate() ? cutShort(archives.getLast()) : null;
        Path solar = request.directory().resolve("gfz.txt");
        int holes = GfzFile.write(solar, weather, request.start(), request.day(request.days() - 1), request.dirt() ? 0.01 : 0,
                request.seed());
        Path goes = request.goes() ? request.directory().resolve("goes-xrays.json") : null;
        if (goes != null) {
            List<SolarWeather.Day> days = new ArrayList<>();
            for (int day = 0; day < request.days(); day++) {
                days.add(weather.day(request.day(day)));
            }
            GoesFile.write(goes, days, request.seed());
        }
        if (headers > 0) {
            dirt.put(Dirt.HEADER, headers);
        }
        Truth truth = new Truth(request.seed(), request.start().toString(), request.days(), request.every(), request.stations(),
                rows, rows + headers, archives.stream().map(p -> p.getFileName().toString()).toList(),
                solar.getFileName().toString(), goes == null ? null : goes.getFileName().toString(),
                truncated == null ? null : truncated.getFileName().toString(), dirt, holes, Propagation.DECODE_THRESHOLD_DB,
                PlantedEffects.SIGMA_DB, PlantedEffects.onNamedPaths(), PlantedEffects.byLatitude());
        truth.write(request.directory());
        long shortfall = request.days() * request.spotsPerDay() - (rows - dirt.getOrDefault(Dirt.DUPLICATE, 0L));
        if (shortfall > 0) {
            progress.note("simulate: " + request.stations() + " stations made " + shortfall
                    + " spots fewer than asked for; use --stations for a larger network");
        }
        return new SimulationResult(archives, solar, goes, request.directory().resolve(Truth.FILE_NAME), truth, shortfall, fileBytes,
                (System.nanoTime() - start) * 1e-9);
    }

    private record Hour(SpotLines.Chunk chunk, ArchiveFile.Part part) {
    }

    private List<Path> writeArchives(Progress progress) throws IOException, InterruptedException {
        List<Path> archives = new ArrayList<>();
        Deque<Future<Hour>> inFlight = new ArrayDeque<>();
        int hours = request.days() * HOURS;
        int submitted = 0;
        ArchiveFile archive = null;
        try (ExecutorService workers = Executors.newFixedThreadPool(request.threads(),
                Thread.ofPlatform().daemon().name("simulator-", 0).factory())) {
            for (int hour = 0; hour < hours; hour++) {
                while (submitted < hours && inFlight.size() <= request.threads()) {
                    int next = submitted++;
                    inFlight.add(workers.submit(() -> make(next)));
                }
                YearMonth month = YearMonth.from(request.day(hour / HOURS));
                if (hour == 0 || hour % HOURS == 0 && !month.equals(YearMonth.from(request.day(hour / HOURS - 1)))) {
                    finish(archive, archives);
                    archive = open(month);
                }
                Hour made = inFlight.remove().get();
                archive.append(made.part());
                rows += made.chunk().rows();
                made.chunk().dirt().forEach((kind, count) -> dirt.merge(kind, count, Long::sum));
                progress.advance(made.chunk().rows());
                progress.count("bytes", made.chunk().length());
            }
            finish(archive, archives);
            return archives;
        } catch (ExecutionException e) {
            throw new JobException("simulate: " + e.getCause(), e.getCause());
        } finally {
            inFlight.forEach(f -> f.cancel(true));
            if (archive != null) {
                archive.close();
            }
        }
    }

    private ArchiveFile open(YearMonth month) throws IOException {
        ArchiveFile archive = new ArchiveFile(request.directory().resolve("wsprspots-" + month + ".csv.gz"));
        if (request.dirt()) {
            archive.append(ArchiveFile.compress(Dirt.HEADER_LINE, Dirt.HEADER_LINE.length));
            headers++;
        }
        return archive;
    }

    private void finish(ArchiveFile archive, List<Path> archives) throws IOException {
        if (archive != null) {
            archives.add(archive.finish());
            fileBytes += archive.fileBytes();
        }
    }

    /// Hour `index` counted from the first simulated day.
    private Hour make(int index) {
        LocalDate date = request.day(index / HOURS);
        int hour = index % HOURS;
        long before = index / HOURS * request.spotsPerDay() + request.spotsPerDay() * hour / HOURS;
        int wanted = (int) (request.spotsPerDay() * (hour + 1) / HOURS - request.spotsPerDay() * hour / HOURS);
        long[] spots = HourOfSpots.of(paths, request.seed(), weather.day(date), hour, wanted);
        RandomStream spoiling = request.dirt()
                ? new RandomStream(request.seed()).at(RandomKinds.DIRT, date.toEpochDay() * HOURS + hour) : null;
        SpotLines.Chunk chunk = lines.lines(spots, date, hour, FIRST_ID + before, spoiling);
        return new Hour(chunk, ArchiveFile.compress(chunk.text(), chunk.length()));
    }

    /// Drops the last tenth of a file, as a download does that broke off.
    private static Path cutShort(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() * 9 / 10);
        }
        return file;
    }
}
