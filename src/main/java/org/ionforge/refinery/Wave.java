package org.ionforge.refinery;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.ionforge.compute.Backend;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;

/// A group of files that is refined and committed as one.
final class Wave {

    /// The tables that a wave changes.
    private static final String[] TABLES = {"bronze", "silver", "signature_histograms", "signatures", Quarantine.TABLE, IngestLog.TABLE,
        RefineryState.TABLE};
    private static final List<String> MONTHLY = List.of("bronze", "silver", "signature_histograms", "signatures");

    /// @param months months (yyyymm) that were made anew
    record Outcome(List<FileTally> tallies, SortedSet<Integer> months, long signatures, Differences differences) {
    }

    private final Vault vault;
    private final Backend backend;
    private final Progress progress;
    private final StageTimes times;
    private final RefineRequest request;
    private final SolarTable solar;
    private final IngestLog log;
    private final RefineryState state;
    private final List<Plan.Planned> files;
    private final SortedSet<Integer> alsoMonths;

    /// @param alsoMonths months to make anew from bronze, whatever the files hold
    Wave(Vault vault, Backend backend, Progress progress, StageTimes times, RefineRequest request, SolarTable solar, IngestLog log,
         RefineryState state, List<Plan.Planned> files, SortedSet<Integer> alsoMonths) {
        this.vault = vault;
        this.backend = backend;
        this.progress = progress;
        this.times = times;
        this.request = request;
        this.solar = solar;
        this.log = log;
        this.state = state;
        this.files = files;
        this.alsoMonths = alsoMonths;
    }

    Outcome run() {
        Optional<Commit> commit = request.dryRun() ? Optional.empty() : Optional.of(Commit.begin(vault, TABLES));
        try {
            Outcome outcome = refine(commit);
            commit.ifPresent(c -> times.measure("commit", () -> finish(c, outcome)));
            return outcome;
        } finally {
            commit.ifPresent(Commit::close);
        }
    }

    private Outcome refine(Optional<Commit> commit) {
        int threads = request.limits().threads();
        List<byte[]> sources = new ArrayList<>();
        Map<String, Integer> inVault = new HashMap<>();
        for (String source : log.entries().keySet()) {
            inVault.put(source, sources.size());
            sources.add(source.getBytes(StandardCharsets.UTF_8));
        }
        List<Scatter.Input> inputs = new ArrayList<>();
        for (Plan.Planned planned : files) {
            inputs.add(new Scatter.Input(new FileTally(planned.file()), sources.size(), planned.selection()));
            sources.add(planned.file().source().getBytes(StandardCharsets.UTF_8));
        }
        List<String> replaced = replaced();
        Texts texts = new Texts();
        try (BucketStore store = new BucketStore(request.limits().rowMemory(), request.limits().temp())) {
            times.measure("read", () -> read(commit, inputs, sources, replaced, texts, store));
            SortedSet<Integer> months = months(store, replaced);
            times.measure("recall", () -> recall(months, inVault, replaced, texts, store));
            FileTally[] tallies = new FileTally[sources.size()];
            inputs.forEach(input -> tallies[input.source()] = input.tally());
            BucketWork.Shared shared = shared(store, texts, sources, tallies);
            progress.begin("refining", -1, "rows");
            MonthLanes lanes = new MonthLanes(shared, backend, commit, request.limits(), progress);
            times.measure("refine", () -> lanes.run(threads));
            return new Outcome(inputs.stream().map(Scatter.Input::tally).toList(), months, lanes.signatures(), lanes.differences());
        }
    }

    private List<String> replaced() {
        return files.stream().filter(Plan.Planned::replaces).map(p -> p.file().source()).toList();
    }

    private void read(Optional<Commit> commit, List<Scatter.Input> inputs, List<byte[]> sources, List<String> replaced, Texts texts,
                      BucketStore store) {
        if (inputs.isEmpty()) {
            return;
        }
        commit.ifPresent(c -> keepQuarantine(c, replaced));
        progress.begin("reading", inputs.stream().mapToLong(i -> i.tally().file.size()).sum(), "bytes");
        Optional<Quarantine> quarantine = commit.map(c -> new Quarantine(c, sources));
        try {
            new Scatter(inputs, texts, store, quarantine, progress).run(request.limits().threads());
            quarantine.ifPresent(Quarantine::finish);
        } finally {
            quarantine.ifPresent(Quarantine::close);
        }
    }

    private static void keepQuarantine(Commit commit, List<String> replaced) {
        if (replaced.isEmpty()) {
            commit.keepWhole(Quarantine.TABLE);
        } else {
            commit.vault().execute("INSERT INTO " + Commit.staging(Quarantine.TABLE) + " SELECT * FROM " + Quarantine.TABLE
                    + " WHERE source NOT IN " + Sql.list(replaced));
        }
    }

    /// Months that change: those of the new rows, those that lose rows, and those asked for.
    private SortedSet<Integer> months(BucketStore store, List<String> replaced) {
        SortedSet<Integer> months = new TreeSet<>(alsoMonths);
        store.buckets().forEach(bucket -> months.add(SolarTable.monthOf(bucket)));
        if (!replaced.isEmpty()) {
            Sql.forEach(vault, "SELECT DISTINCT toYYYYMM(timestamp) AS month FROM bronze WHERE source IN " + Sql.list(replaced),
                    (block, row) -> months.add((int) block.column("month").longAt(row)));
        }
        return months;
    }

    /// Brings back what the vault has of these months.
    private void recall(SortedSet<Integer> months, Map<String, Integer> inVault, List<String> replaced, Texts texts, BucketStore store) {
        List<Integer> known = new ArrayList<>(bronzeMonths(vault));
        known.retainAll(months);
        if (known.isEmpty()) {
            return;
        }
        VaultRows rows = new VaultRows(vault, texts, inVault, replaced);
        AtomicInteger next = new AtomicInteger();
        Workers.run(Math.min(request.limits().threads(), known.size()), "recalling", (_, stop) -> {
            BucketStore.Writer writer = store.writer();
            for (int i = next.getAndIncrement(); i < known.size() && !stop.get(); i = next.getAndIncrement()) {
                rows.load(known.get(i), writer);
            }
        });
    }

    /// Months (yyyymm) of which bronze has rows.
    static SortedSet<Integer> bronzeMonths(Vault vault) {
        SortedSet<Integer> months = new TreeSet<>();
        Sql.forEach(vault, "SELECT DISTINCT partition_id FROM system.parts WHERE active AND database = currentDatabase()"
                + " AND table = 'bronze'", (block, row) -> months.add(Integer.valueOf(block.column("partition_id").textAt(row))));
        return months;
    }

    private BucketWork.Shared shared(BucketStore store, Texts texts, List<byte[]> sources, FileTally[] tallies) {
        byte[][] calls = texts.calls().snapshot();
        byte[][] grids = texts.grids().snapshot();
        return new BucketWork.Shared(store, solar, calls, TextDictionary.ranks(calls), grids, texts.versions().snapshot(),
                GridPlaces.of(grids, backend), List.copyOf(sources), tallies);
    }

    private void finish(Commit commit, Outcome outcome) {
        outcome.tallies().forEach(tally -> log.put(tally.entry(selectionOf(tally.file))));
        state.refined(outcome.months());
        log.stage(commit);
        state.stage(commit);
        for (int month : outcome.months()) {
            MONTHLY.forEach(table -> commit.replacePartition(table, String.valueOf(month)));
        }
        if (!files.isEmpty()) {
            commit.replaceTable(Quarantine.TABLE);
        }
        commit.replaceTable(IngestLog.TABLE);
        commit.replaceTable(RefineryState.TABLE);
        commit.finish();
    }

    private Selection selectionOf(SpotFile file) {
        return files.stream().filter(p -> p.file().equals(file)).findFirst().orElseThrow().selection();
    }
}
