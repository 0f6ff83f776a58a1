package org.ionforge.refinery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;

/// Stage 1 as a job: files in, tables out.
///
/// Everything that a run changes it changes in commits that happen as a whole ([Commit]), and what is still to do is kept in the
/// vault ([RefineryState]): a run that is killed at any moment and started again ends with the same tables as one that was not.
/// Files that the vault has in the same state are not read again.
public final class Refinery {

    private final Vault vault;
    private final Backend backend;
    private final Progress progress;
    private final StageTimes times = new StageTimes();
    private final List<FileTally> tallies = new ArrayList<>();
    private final SortedSet<Integer> months = new TreeSet<>();
    private final Differences differences = new Differences();
    private long signatures;

    private Refinery(Vault vault, Backend backend, Progress progress) {
        this.vault = vault;
        this.backend = backend;
        this.progress = progress;
    }

    /// Refines into the vault. The caller keeps `vault`, `backend` and `progress` and closes them.
    ///
    /// @throws org.ionforge.errors.InputException       if a file does not exist or is of no known kind
    /// @throws org.ionforge.errors.EnvironmentException if there is no room to spill to
    public static RefineResult run(RefineRequest request, Vault vault, Backend backend, Progress progress) {
        return new Refinery(vault, backend, progress).run(request);
    }

    private RefineResult run(RefineRequest request) {
        long start = System.nanoTime();
        List<SpotFile> files = SpotFile.find(request.files());
        if (!request.dryRun() && Commit.recover(vault)) {
            progress.note("finished the commit of a run that was stopped");
        }
        IngestLog log = IngestLog.load(vault);
        RefineryState state = RefineryState.load(vault);
        SolarTable solar = solar(request, state);
        progress.begin("checking", files.size(), "files");
        Plan plan = Plan.of(files, log, request.selection(), request.limits().waveBytes());
        for (List<Plan.Planned> wave : plan.waves()) {
            run(new Wave(vault, backend, progress, times, request, solar, log, state, wave, new TreeSet<>()));
        }
        while (!state.staleMonths.isEmpty() && !request.dryRun()) {
            SortedSet<Integer> month = new TreeSet<>(List.of(state.staleMonths.first()));
            run(new Wave(vault, backend, progress, times, request, solar, log, state, List.of(), month));
        }
        Map<String, Long> gold = new TreeMap<>();
        if (!request.dryRun()) {
            times.measure("reference", () -> references(state, request.limits().threads()));
            times.measure("gold", () -> gold.putAll(gold(request, state)));
        }
        return result(request, plan, log, gold, (System.nanoTime() - start) / 1e9);
    }

    private void run(Wave wave) {
        Wave.Outcome outcome = wave.run();
        tallies.addAll(outcome.tallies());
        months.addAll(outcome.months());
        differences.add(outcome.differences());
        signatures += outcome.signatures();
    }

    /// The vault's indices with those of the files; if that changes them, they are committed together with a note of the months
    /// that have to be made anew.
    private SolarTable solar(RefineRequest request, RefineryState state) {
        SolarTable known = SolarStore.load(vault);
        SolarTable merged = known.withFiles(request.solar());
        SortedSet<Integer> changed = merged.monthsThatDiffer(known);
        if (!changed.isEmpty() && !request.dryRun()) {
            SortedSet<Integer> stale = Wave.bronzeMonths(vault);
            stale.retainAll(changed);
            state.staleMonths.addAll(stale);
            try (Commit commit = Commit.begin(vault, SolarStore.TABLE, RefineryState.TABLE)) {
                SolarStore.stage(merged, commit);
                state.stage(commit);
                commit.replaceTable(RefineryState.TABLE);
                commit.finish();
            }
            if (!stale.isEmpty()) {
                progress.note("solar indices have changed for " + stale.size() + " months that are refined already: they are made anew");
            }
        }
        return merged;
    }

    private void references(RefineryState state, int threads) {
        if (state.staleReferences.isEmpty()) {
            return;
        }
        progress.begin("reference signatures", 2L * state.staleReferences.size(), "half-days of months");
        List<Integer> halves = state.staleReferences.stream().flatMap(month -> Stream.of(2 * month, 2 * month + 1)).toList();
        AtomicInteger next = new AtomicInteger();
        try (Commit commit = Commit.begin(vault, ReferenceSignatures.TABLE, RefineryState.TABLE)) {
            Workers.run(Math.min(threads, halves.size()), "merging signatures", (_, stop) -> {
                ReferenceSignatures reference = new ReferenceSignatures(commit);
                for (int i = next.getAndIncrement(); i < halves.size() && !stop.get(); i = next.getAndIncrement()) {
                    int firstHour = halves.get(i) % 2 * 12;
                    reference.make(halves.get(i) / 2, firstHour, firstHour + 12);
                    progress.advance(1);
                }
            });
            state.staleReferences.forEach(month -> commit.replacePartition(ReferenceSignatures.TABLE, String.valueOf(month)));
            state.staleReferences.clear();
            state.stage(commit);
            commit.replaceTable(RefineryState.TABLE);
            commit.finish();
        }
    }

    /// Rows in each gold table, if they had to be made.
    private Map<String, Long> gold(RefineRequest request, RefineryState state) {
        if (request.gold().isNone() || state.gold.equals(request.gold().text()) || Wave.bronzeMonths(vault).isEmpty()) {
            return Map.of();
        }
        try (Commit commit = Commit.begin(vault, GoldSampler.STRATIFIED, GoldSampler.CONTINUOUS, GoldSampler.PENALTY, RefineryState.TABLE)) {
            Map<String, Long> rows = new GoldSampler(commit, backend, request.gold(), request.limits().threads(), progress).make();
            state.gold = request.gold().text();
            state.stage(commit);
            rows.keySet().forEach(commit::replaceTable);
            commit.replaceTable(RefineryState.TABLE);
            commit.finish();
            return rows;
        }
    }

    private RefineResult result(RefineRequest request, Plan plan, IngestLog log, Map<String, Long> gold, double seconds) {
        Map<QuarantineReason, Long> refused = new EnumMap<>(QuarantineReason.class);
        SortedMap<String, String> incomplete = new TreeMap<>();
        long read = 0;
        long kept = 0;
        long duplicate = 0;
        long outside = 0;
        for (FileTally tally : tallies) {
            tally.refused().forEach((reason, rows) -> refused.merge(reason, rows, Long::sum));
            tally.fault().ifPresent(fault -> incomplete.put(tally.file.source(), fault));
            read += tally.read.sum();
            kept += tally.kept();
            duplicate += tally.duplicate.sum();
            outside += tally.outside.sum();
        }
        for (SpotFile file : plan.skipped()) {
            if (!log.entries().get(file.source()).complete()) {
                incomplete.put(file.source(), "was incomplete when it was read, and has not changed since");
            }
        }
        SortedMap<String, Long> reasons = new TreeMap<>();
        refused.forEach((reason, rows) -> reasons.put(reason.stableName(), rows));
        return new RefineResult(tallies.size(), read, kept, duplicate, refused.values().stream().mapToLong(Long::longValue).sum(), reasons,
                signatures, seconds, read / seconds, peakMemory(), plan.skipped().size(), outside, incomplete, List.copyOf(months), gold,
                differences.distance(), differences.azimuth(), times.seconds(), request.dryRun());
    }

    /// The largest resident size of this process so far, bytes; 0 where the system does not tell.
    private static long peakMemory() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
