package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GridSquares;
import org.ionforge.errors.JobException;

/// Where the grids of a dictionary are: centre of each square, decoded once by the compute engine, and its 4-character square.
///
/// @param latitude  degrees north, index = number of the grid
/// @param longitude degrees east
/// @param square    [SignatureKey] index of the first four characters
record GridPlaces(float[] latitude, float[] longitude, int[] square) {

    static GridPlaces of(byte[][] grids, Backend backend) {
        int n = grids.length;
        float[] latitude = new float[n];
        float[] longitude = new float[n];
        int[] square = new int[n];
        try (Arena arena = Arena.ofConfined();
                Buffer locators = backend.allocate(ElementType.U8, (long) n * GridSquares.LOCATOR_BYTES);
                Buffer latitudes = backend.allocate(ElementType.F32, n);
                Buffer longitudes = backend.allocate(ElementType.F32, n);
                Buffer valid = backend.allocate(ElementType.U8, n)) {
            MemorySegment text = arena.allocate(Math.max(1, (long) n * GridSquares.LOCATOR_BYTES));
            for (int i = 0; i < n; i++) {
                MemorySegment.copy(grids[i], 0, text, ValueLayout.JAVA_BYTE, (long) i * GridSquares.LOCATOR_BYTES, grids[i].length);
                square[i] = SignatureKey.square(grids[i]);
            }
            MemorySegment values = arena.allocate(Math.max(1, n * 4L), 4);
            locators.upload(text.asSlice(0, (long) n * GridSquares.LOCATOR_BYTES));
            backend.gridSquares().decode(locators, latitudes, longitudes, valid, n);
            latitudes.download(values.asSlice(0, n * 4L));
            MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, 0, latitude, 0, n);
            longitudes.download(values.asSlice(0, n * 4L));
            MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, 0, longitude, 0, n);
            valid.download(values.asSlice(0, n));
            for (int i = 0; i < n; i++) {
                if (values.get(ValueLayout.JAVA_BYTE, i) != 1) {
                    throw new JobException("backend " + backend.name() + " refuses the grid " + new String(grids[i], java.nio.charset.StandardCharsets.US_ASCII) + ", which the parser accepted");
                }
            }
        }
        return new GridPlaces(latitude, longitude, square);
    }
}
