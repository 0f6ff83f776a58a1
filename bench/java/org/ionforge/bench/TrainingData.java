package org.ionforge.bench;

import java.util.stream.IntStream;
import org.ionforge.ionis.Variant;
import org.ionforge.refinery.simulation.SimulatedRows;
import org.ionforge.training.Shuffle;

/// Simulated rows and the order in which an epoch takes them, made when first asked for.
public final class TrainingData {

    private static final long SEED = 5;

    private final int rows;
    private SimulatedRows simulated;
    private int[] order;

    TrainingData(int rows) {
        this.rows = rows;
    }

    public synchronized SimulatedRows rows() {
        if (simulated == null) {
            simulated = SimulatedRows.of(rows, SEED, Variant.V20);
        }
        return simulated;
    }

    /// A permutation of all rows, as a training's epoch has it.
    public synchronized int[] order() {
        if (order == null) {
            order = new Shuffle(rows, SEED, 0).apply(IntStream.range(0, rows).toArray());
        }
        return order;
    }

    /// Where in the order a step's batch begins; after the last whole batch it begins again.
    public long first(long step, int batch) {
        return step % (rows / batch) * batch;
    }

    int size() {
        return rows;
    }
}
