package org.ionforge.refinery;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;

/// Rows that were not accepted, on their way to the table. Thread-safe.
final class Quarantine implements AutoCloseable {

    static final String TABLE = "quarantine";

    private static final int BLOCK_ROWS = 8192;
    private static final int BLOCK_BYTES = 4 << 20;

    private final Commit commit;
    private final List<byte[]> sources;
    private final List<byte[]> source = new ArrayList<>();
    private final RowValues line = new RowValues("line", "UInt64", 8);
    private final List<byte[]> reason = new ArrayList<>();
    private final List<byte[]> raw = new ArrayList<>();
    private long bytes;
    private BlockWriter writer;

    /// @param sources names of the files, by index
    Quarantine(Commit commit, List<byte[]> sources) {
        this.commit = commit;
        this.sources = sources;
    }

    synchronized void add(QuarantineReason why, int file, long lineNumber, byte[] text, int start, int end) {
        source.add(sources.get(file));
        line.add(lineNumber);
        reason.add(why.stableName().getBytes(StandardCharsets.US_ASCII));
        raw.add(Arrays.copyOfRange(text, start, end));
        bytes += end - start;
        if (source.size() == BLOCK_ROWS || bytes > BLOCK_BYTES) {
            send();
        }
    }

    /// Sends what is left.
    synchronized void finish() {
        if (!source.isEmpty()) {
            send();
        }
        if (writer != null) {
            writer.finish();
            writer = null;
        }
    }

    private void send() {
        if (writer == null) {
            writer = commit.into(TABLE, "source", "line", "reason", "raw");
        }
        writer.write(new Block(source.size(), List.of(new Column.Text("source", "String", List.copyOf(source)), line.column(),
                new Column.Text("reason", "String", List.copyOf(reason)), new Column.Text("raw", "String", List.copyOf(raw)))));
        source.clear();
        line.clear();
        reason.clear();
        raw.clear();
        bytes = 0;
    }

    @Override
    public synchronized void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
