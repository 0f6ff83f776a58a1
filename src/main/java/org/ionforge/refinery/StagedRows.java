package org.ionforge.refinery;

import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;

/// One worker's inserts into the staging tables of a wave. Rows come in order within a lane (see [MonthLanes]), and an insert
/// that has grown large enough ends with the lane, so the engine writes few, sorted parts and sorts nothing again.
final class StagedRows implements AutoCloseable {

    /// Rows after which an insert is ended.
    private static final long ENOUGH = 200_000;
    /// Months in one insert: the engine refuses a block with more than 100 partitions.
    private static final int MONTHS = 24;

    private final Insert bronze;
    private final Insert silver;
    private final Insert histograms;
    private final Insert signatures;
    private int month;
    private int months;

    StagedRows(Commit commit) {
        bronze = new Insert(commit, "bronze", SpotBlocks.BRONZE_COLUMNS);
        silver = new Insert(commit, "silver", SpotBlocks.SILVER_COLUMNS);
        histograms = new Insert(commit, "signature_histograms", SignatureRows.HISTOGRAM_COLUMNS);
        signatures = new Insert(commit, "signatures", SignatureRows.SIGNATURE_COLUMNS);
    }

    void bronze(Block block) {
        bronze.write(block);
    }

    void silver(Block block) {
        silver.write(block);
    }

    void histograms(Block block) {
        histograms.write(block);
    }

    void signatures(Block block) {
        signatures.write(block);
    }

    /// A lane of that month has ended.
    void endLane(int laneMonth) {
        if (laneMonth != month) {
            month = laneMonth;
            months++;
        }
        boolean full = months >= MONTHS;
        bronze.endIfLarge(full);
        silver.endIfLarge(full);
        histograms.endIfLarge(full);
        signatures.endIfLarge(full);
        if (full) {
            months = 0;
        }
    }

    /// Ends every insert and waits until its rows are in the table.
    void finish() {
        bronze.endIfLarge(true);
        silver.endIfLarge(true);
        histograms.endIfLarge(true);
        signatures.endIfLarge(true);
    }

    @Override
    public void close() {
        bronze.close();
        silver.close();
        histograms.close();
        signatures.close();
    }

    private static final class Insert {
        private final Commit commit;
        private final String table;
        private final String[] columns;
        private BlockWriter writer;
        private long rows;

        Insert(Commit commit, String table, String... columns) {
            this.commit = commit;
            this.table = table;
            this.columns = columns;
        }

        void write(Block block) {
            if (block.rows() == 0) {
                return;
            }
            if (writer == null) {
                writer = commit.into(table, columns);
            }
            writer.write(block);
            rows += block.rows();
        }

        void endIfLarge(boolean always) {
            if (writer != null && (always || rows >= ENOUGH)) {
                writer.finish();
                writer = null;
                rows = 0;
            }
        }

        void close() {
            if (writer != null) {
                writer.close();
                writer = null;
            }
        }
    }
}
