package org.ionforge.refinery;

import java.util.List;
import java.util.Map;

/// What a refinery run did. `rowsRead = rowsKept + rowsDuplicate + rowsQuarantined + rowsOutside`, over the files read in this run.
///
/// @param files            files read
/// @param rowsDuplicate    rows that are in the vault already or came earlier in the files
/// @param quarantine       rows by reason ([QuarantineReason#stableName()])
/// @param signatures       signatures (re)made
/// @param rowsPerSecond    rows read, over the whole run
/// @param peakMemoryBytes  largest resident size of the process so far
/// @param filesSkipped     files that were not read again, since nothing has changed
/// @param rowsOutside      rows that were not asked for (bands, days)
/// @param incompleteFiles  files that are cut short or damaged, with the reason; they may be of an earlier run
/// @param monthsRefined    months (yyyymm) made anew
/// @param goldRows         rows in each gold table, if they were made in this run
/// @param distanceKm       our distances − the archive's
/// @param azimuthDeg       our azimuths − the archive's
/// @param stageSeconds     where the time went
public record RefineResult(int files, long rowsRead, long rowsKept, long rowsDuplicate, long rowsQuarantined, Map<String, Long> quarantine,
                           long signatures, double seconds, double rowsPerSecond, long peakMemoryBytes, int filesSkipped, long rowsOutside,
                           Map<String, String> incompleteFiles, List<Integer> monthsRefined, Map<String, Long> goldRows,
                           Difference distanceKm, Difference azimuthDeg, Map<String, Double> stageSeconds, boolean dryRun) {

    /// @param mean       of ours − the archive's
    /// @param rootMeanSquare of the difference
    /// @param largest    absolute difference
    public record Difference(long rows, double mean, double rootMeanSquare, double largest) {
    }

    /// Whether there was nothing to do.
    public boolean unchanged() {
        return files == 0 && monthsRefined.isEmpty() && goldRows.isEmpty();
    }
}
