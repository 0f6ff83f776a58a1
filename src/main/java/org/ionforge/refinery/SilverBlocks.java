package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockReader;
import org.ionforge.vault.Vault;

/// The rows of silver that may become gold, read by one thread and worked on by several.
final class SilverBlocks {

    private static final long PATIENCE_MS = 50;

    /// Tells a worker that there are no more.
    private static final GoldRows END = new GoldRows();

    private final Vault vault;
    private final BlockingQueue<GoldRows> free;
    private final BlockingQueue<GoldRows> full;

    private SilverBlocks(Vault vault, int blocks) {
        this.vault = vault;
        this.free = new ArrayBlockingQueue<>(blocks);
        this.full = new ArrayBlockingQueue<>(2 * blocks);
        for (int i = 0; i < blocks; i++) {
            free.add(new GoldRows());
        }
    }

    /// Hands every block to one of the workers, each of which has a thread of its own; who gets which is left to chance.
    ///
    /// @param where further condition, beginning with AND, or empty
    static void forEach(Vault vault, String where, List<? extends Consumer<GoldRows>> workers) {
        int n = workers.size();
        SilverBlocks blocks = new SilverBlocks(vault, 2 * n);
        try (Arena memory = Arena.ofShared()) {
            Workers.run(n + 1, "selecting gold", (worker, stop) -> {
                if (worker == n) {
                    blocks.read(where, n, memory, stop);
                } else {
                    blocks.work(workers.get(worker), stop);
                }
            });
        }
    }

    private void read(String where, int workers, Arena memory, AtomicBoolean stop) throws InterruptedException {
        try (BlockReader reader = vault.query("SELECT " + GoldRows.SELECT + " FROM silver WHERE " + GoldRows.ELIGIBLE + where)) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                GoldRows rows = next(free, stop);
                if (rows == END) {
                    return;
                }
                rows.copy(block, memory);
                full.add(rows);
            }
        }
        for (int i = 0; i < workers; i++) {
            full.add(END);
        }
    }

    private void work(Consumer<GoldRows> worker, AtomicBoolean stop) throws InterruptedException {
        for (GoldRows rows = next(full, stop); rows != END; rows = next(full, stop)) {
            worker.accept(rows);
            free.add(rows);
        }
    }

    /// The next of a queue, or the end if another thread has failed.
    private static GoldRows next(BlockingQueue<GoldRows> queue, AtomicBoolean stop) throws InterruptedException {
        while (!stop.get()) {
            GoldRows rows = queue.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
            if (rows != null) {
                return rows;
            }
        }
        return END;
    }
}
