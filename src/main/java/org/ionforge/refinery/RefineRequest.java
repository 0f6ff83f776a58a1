package org.ionforge.refinery;

import java.nio.file.Path;
import java.util.List;

/// What a refinery run is asked to do.
///
/// @param files     spot files and folders of them; may be empty when only solar indices are new
/// @param solar     files of solar indices, merged in this order into what the vault has
/// @param selection which rows of the files are wanted
/// @param dryRun    read and count everything, change nothing
public record RefineRequest(List<Path> files, List<Path> solar, Selection selection, boolean dryRun, Gold gold, Limits limits) {

    public RefineRequest {
        files = List.copyOf(files);
        solar = List.copyOf(solar);
    }

    /// Everything in the files, with default sizes.
    public static RefineRequest of(List<Path> files, List<Path> solar) {
        return new RefineRequest(files, solar, Selection.EVERYTHING, false, Gold.DEFAULT, Limits.DEFAULT);
    }

    public RefineRequest with(Limits other) {
        return new RefineRequest(files, solar, selection, dryRun, gold, other);
    }

    public RefineRequest with(Gold other) {
        return new RefineRequest(files, solar, selection, dryRun, other, limits);
    }

    public RefineRequest with(Selection other) {
        return new RefineRequest(files, solar, other, dryRun, gold, limits);
    }

    public RefineRequest withDryRun(boolean dry) {
        return new RefineRequest(files, solar, selection, dry, gold, limits);
    }

    /// Sizes of the gold samples.
    ///
    /// @param seed       same seed and same silver: same rows
    /// @param stratified rows per band and SSN quintile
    /// @param continuous rows per band
    /// @param density    20 m rows from which the density of the (SSN, latitude) cells is counted, at most
    public record Gold(long seed, int stratified, int continuous, int density) {
        public static final Gold DEFAULT = new Gold(20_080_301, 200_000, 1_000_000, 10_000_000);

        /// No gold: the tables stay as they are, and are out of date once silver changes.
        public static final Gold NONE = new Gold(0, 0, 0, 0);

        boolean isNone() {
            return stratified == 0 && continuous == 0;
        }

        String text() {
            return "seed=" + seed + " stratified=" + stratified + " continuous=" + continuous + " density=" + density;
        }
    }

    /// What the run may use.
    ///
    /// @param threads          workers
    /// @param rowMemory        bytes of rows held in memory before they are spilled
    /// @param signatureEntries signature keys and levels a worker holds in memory before they are spilled
    /// @param waveBytes        stored bytes of the files that are committed together (at least one file)
    /// @param temp             folder for what is spilled
    public record Limits(int threads, long rowMemory, int signatureEntries, long waveBytes, Path temp) {
        public static final Limits DEFAULT = new Limits(Runtime.getRuntime().availableProcessors(), 768L << 20, 1 << 18, 2L << 30,
                Path.of(System.getProperty("java.io.tmpdir")));
    }
}
