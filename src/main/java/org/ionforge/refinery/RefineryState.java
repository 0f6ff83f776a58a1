package org.ionforge.refinery;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Vault;

/// What is out of date in the vault. It is committed together with what makes it so, so that a run that is stopped leaves a note
/// of what is still to do.
final class RefineryState {

    static final String TABLE = "refinery_state";

    private static final String STALE_MONTH = "stale_month";
    private static final String STALE_REFERENCE = "stale_reference";
    private static final String GOLD = "gold";

    /// Months (yyyymm) whose silver and signatures must be made anew from bronze: their solar indices changed.
    final SortedSet<Integer> staleMonths = new TreeSet<>();
    /// Calendar months (1 to 12) whose reference signatures must be made anew from the histograms.
    final SortedSet<Integer> staleReferences = new TreeSet<>();
    /// The parameters with which gold was made from the silver that is there; empty if it is out of date.
    String gold = "";

    static RefineryState load(Vault vault) {
        RefineryState state = new RefineryState();
        Sql.forEach(vault, "SELECT name, value FROM refinery_state", (block, row) -> {
            String value = block.column("value").textAt(row);
            switch (block.column("name").textAt(row)) {
                case STALE_MONTH -> state.staleMonths.add(Integer.valueOf(value));
                case STALE_REFERENCE -> state.staleReferences.add(Integer.valueOf(value));
                default -> state.gold = value;
            }
        });
        return state;
    }

    /// Notes that these months (yyyymm) have new silver and histograms.
    void refined(SortedSet<Integer> months) {
        staleMonths.removeAll(months);
        months.forEach(month -> staleReferences.add(month % 100));
        if (!months.isEmpty()) {
            gold = "";
        }
    }

    /// Makes the state part of a commit.
    void stage(Commit commit) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        staleMonths.forEach(month -> add(names, values, STALE_MONTH, month.toString()));
        staleReferences.forEach(month -> add(names, values, STALE_REFERENCE, month.toString()));
        if (!gold.isEmpty()) {
            add(names, values, GOLD, gold);
        }
        if (!names.isEmpty()) {
            try (BlockWriter writer = commit.into(TABLE, "name", "value")) {
                writer.write(new Block(names.size(), List.of(IngestLog.text("name", names), IngestLog.text("value", values))));
                writer.finish();
            }
        }
    }

    private static void add(List<String> names, List<String> values, String name, String value) {
        names.add(name);
        values.add(value);
    }
}
