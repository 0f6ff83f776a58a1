package org.ionforge.ionis;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GridSquares;
import org.ionforge.compute.JavaArrays;
import org.ionforge.errors.InputException;

/// Turns paths into the network's inputs. Grids are decoded and great circles measured on the backend, for all rows at once.
final class Features {

    /// Rows a thread takes at a time.
    private static final int CHUNK = 1 << 14;

    private Features() {
    }

    /// Rows of paths in columns, located and measured.
    interface Paths {
        Variant.PathState at(int row);
    }

    /// Features of `n` paths.
    ///
    /// @return F32 `[n, inputs]`
    static MemorySegment of(Paths paths, int n, Variant variant, Arena arena) {
        int width = variant.shape().inputs();
        MemorySegment features = arena.allocate((long) n * width * Float.BYTES, 64);
        IntStream.range(0, (n + CHUNK - 1) / CHUNK).parallel().forEach(chunk -> {
            float[] row = new float[width];
            for (int i = chunk * CHUNK; i < Math.min(n, (chunk + 1) * CHUNK); i++) {
                variant.formula().compute(paths.at(i), row);
                MemorySegment.copy(row, 0, features, ValueLayout.JAVA_FLOAT, (long) i * width * Float.BYTES, width);
            }
        });
        return features;
    }

    /// Features of circuits; distance and azimuth are computed where a circuit has none.
    ///
    /// @return F32 `[n, inputs]`
    /// @throws InputException naming the first locator that is none
    static MemorySegment of(List<Circuit> circuits, Variant variant, Backend backend, Arena arena) {
        double[][] tx = locate(circuits.stream().map(Circuit::tx).toList(), backend);
        double[][] rx = locate(circuits.stream().map(Circuit::rx).toList(), backend);
        float[][] measured = measure(new float[][] {rounded(tx[0]), rounded(tx[1]), rounded(rx[0]), rounded(rx[1])}, backend);
        return of(i -> {
            Circuit circuit = circuits.get(i);
            return new Variant.PathState(tx[0][i], tx[1][i], rx[0][i], rx[1][i], circuit.distanceKm().orElse(measured[0][i]),
                    circuit.azimuthDeg().orElse(measured[1][i]), circuit.frequencyHz(), circuit.hour(), circuit.month(),
                    circuit.sfi(), circuit.kp());
        }, circuits.size(), variant, arena);
    }

    /// Centres of locators.
    ///
    /// @param locators U8 `[n, 8]`, padded with zero bytes
    /// @return latitudes and longitudes; NaN where the locator is malformed
    static float[][] decode(MemorySegment locators, Backend backend) {
        long n = locators.byteSize() / GridSquares.LOCATOR_BYTES;
        try (Buffer input = backend.load(ElementType.U8, locators); Buffer latitude = backend.allocate(ElementType.F32, n);
             Buffer longitude = backend.allocate(ElementType.F32, n); Buffer valid = backend.allocate(ElementType.U8, n)) {
            backend.gridSquares().decode(input, latitude, longitude, valid, n);
            return new float[][] {JavaArrays.floats(latitude), JavaArrays.floats(longitude)};
        }
    }

    /// Latitude of the middle of each great circle, degrees.
    ///
    /// @param tx latitudes and longitudes
    /// @param rx latitudes and longitudes
    static float[] middleLatitude(float[][] tx, float[][] rx, Backend backend) {
        return measure(new float[][] {tx[0], tx[1], rx[0], rx[1]}, backend)[2];
    }

    private static double[][] locate(List<Circuit.Place> places, Backend backend) {
        double[][] coordinates = new double[2][places.size()];
        List<Integer> rows = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment locators = arena.allocate(Math.max(1, places.size() * (long) GridSquares.LOCATOR_BYTES));
            for (int i = 0; i < places.size(); i++) {
                switch (places.get(i)) {
                    case Circuit.Coordinates(double latitude, double longitude) -> {
                        coordinates[0][i] = latitude;
                        coordinates[1][i] = longitude;
                    }
                    case Circuit.Grid(String locator) -> {
                        put(locators, rows.size(), locator);
                        rows.add(i);
                    }
                }
            }
            if (!rows.isEmpty()) {
                float[][] decoded = decode(locators.asSlice(0, rows.size() * (long) GridSquares.LOCATOR_BYTES), backend);
                for (int k = 0; k < rows.size(); k++) {
                    if (Float.isNaN(decoded[0][k])) {
                        throw badLocator(((Circuit.Grid) places.get(rows.get(k))).locator());
                    }
                    coordinates[0][rows.get(k)] = decoded[0][k];
                    coordinates[1][rows.get(k)] = decoded[1][k];
                }
            }
        }
        return coordinates;
    }

    private static void put(MemorySegment locators, int row, String locator) {
        byte[] bytes = locator.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > GridSquares.LOCATOR_BYTES) {
            throw badLocator(locator);
        }
        MemorySegment.copy(bytes, 0, locators, ValueLayout.JAVA_BYTE, (long) row * GridSquares.LOCATOR_BYTES, bytes.length);
    }

    private static InputException badLocator(String locator) {
        return new InputException("'" + locator + "' is no grid locator: 4, 6 or 8 characters such as FN31 or IO91wm");
    }

    /// Distance, azimuth and middle latitude.
    ///
    /// @param coordinates latitudes and longitudes of the transmitters, then of the receivers
    private static float[][] measure(float[][] coordinates, Backend backend) {
        int n = coordinates[0].length;
        List<Buffer> buffers = new ArrayList<>();
        try {
            for (float[] coordinate : coordinates) {
                buffers.add(JavaArrays.upload(coordinate, backend));
            }
            for (int i = 0; i < 4; i++) {
                buffers.add(backend.allocate(ElementType.F32, n));
            }
            backend.greatCircle().measure(buffers.get(0), buffers.get(1), buffers.get(2), buffers.get(3), buffers.get(4),
                    buffers.get(5), buffers.get(6), buffers.get(7), n);
            return new float[][] {JavaArrays.floats(buffers.get(4)), JavaArrays.floats(buffers.get(5)), JavaArrays.floats(buffers.get(6))};
        } finally {
            buffers.forEach(Buffer::close);
        }
    }

    private static float[] rounded(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }
}
