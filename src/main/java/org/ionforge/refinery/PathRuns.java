package org.ionforge.refinery;

/// Stretches of [OrderedSpots] between the same two grids. In the order of the tables a path's spots lie together, so what depends on
/// the path alone is worked out once a stretch. Used by one thread; the array is reused.
final class PathRuns {

    private int[] ends = {};
    private int runs;

    /// Finds the stretches.
    void find(OrderedSpots spots) {
        if (ends.length < spots.count) {
            ends = new int[spots.frequency.length];
        }
        runs = 0;
        int[] grid = spots.grid;
        int[] reporterGrid = spots.reporterGrid;
        for (int i = 1; i < spots.count; i++) {
            if (grid[i] != grid[i - 1] || reporterGrid[i] != reporterGrid[i - 1]) {
                ends[runs++] = i;
            }
        }
        if (spots.count > 0) {
            ends[runs++] = spots.count;
        }
    }

    /// Stretches found.
    int count() {
        return runs;
    }

    int start(int run) {
        return run == 0 ? 0 : ends[run - 1];
    }

    int end(int run) {
        return ends[run];
    }

    /// Repeats the value of every stretch for each of its spots.
    void spread(float[] ofRuns, float[] ofSpots) {
        int i = 0;
        for (int run = 0; run < runs; run++) {
            float value = ofRuns[run];
            for (int end = ends[run]; i < end; i++) {
                ofSpots[i] = value;
            }
        }
    }
}
