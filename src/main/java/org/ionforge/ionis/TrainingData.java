package org.ionforge.ionis;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GridSquares;
import org.ionforge.errors.InputException;

/// Signatures as the network sees them, in host memory, ready to be loaded onto a backend once.
final class TrainingData implements AutoCloseable {

    private final Arena arena;
    private final Variant variant;
    private final Signatures signatures;
    private final MemorySegment features;
    private final MemorySegment targets;
    private final MemorySegment weights;
    private final float[] latitude;

    private TrainingData(Arena arena, Variant variant, Signatures signatures, MemorySegment features, MemorySegment targets,
                         MemorySegment weights, float[] latitude) {
        this.arena = arena;
        this.variant = variant;
        this.signatures = signatures;
        this.features = features;
        this.targets = targets;
        this.weights = weights;
        this.latitude = latitude;
    }

    /// Locates, measures and normalises. The target is the median SNR in σ of its band; the weight is the number of spots
    /// over its mean.
    ///
    /// @throws InputException naming the first signature that gives a feature or target that is no finite number
    static TrainingData of(Signatures signatures, Variant variant, Backend backend) {
        Arena arena = Arena.ofShared();
        try {
            int n = signatures.rows();
            float[][] tx = Features.decode(locators(signatures.txGrid(), n, arena), backend);
            float[][] rx = Features.decode(locators(signatures.rxGrid(), n, arena), backend);
            double[] frequencies = new double[n];
            for (int i = 0; i < n; i++) {
                frequencies[i] = variant.band(signatures.band()[i]).modelHz();
            }
            MemorySegment features = Features.of(i -> new Variant.PathState(tx[0][i], tx[1][i], rx[0][i], rx[1][i],
                    signatures.distanceKm()[i], signatures.azimuthDeg()[i], frequencies[i], signatures.hour()[i], signatures.month(i),
                    signatures.sfi()[i], signatures.kp()[i]), n, variant, arena);
            MemorySegment targets = arena.allocate(n * (long) Float.BYTES, 64);
            MemorySegment weights = arena.allocate(n * (long) Float.BYTES, 64);
            double spots = 0;
            for (int count : signatures.spotCount()) {
                spots += count;
            }
            for (int i = 0; i < n; i++) {
                Normalisation.Scale scale = variant.normalisation().of(signatures.band()[i]);
                targets.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) scale.toSigma(signatures.medianSnr()[i]));
                weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (signatures.spotCount()[i] / (spots / n)));
            }
            TrainingData data = new TrainingData(arena, variant, signatures, features, targets, weights, Features.middleLatitude(tx, rx, backend));
            data.requireFinite();
            return data;
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    int rows() {
        return signatures.rows();
    }

    Variant variant() {
        return variant;
    }

    Signatures signatures() {
        return signatures;
    }

    /// F32 `[rows, inputs]`
    MemorySegment features() {
        return features;
    }

    /// F32 `[rows]`, σ
    MemorySegment targets() {
        return targets;
    }

    /// F32 `[rows]`, mean 1
    MemorySegment weights() {
        return weights;
    }

    /// Latitude of the middle of a row's great circle, degrees.
    float latitude(int row) {
        return latitude[row];
    }

    float target(int row) {
        return targets.getAtIndex(ValueLayout.JAVA_FLOAT, row);
    }

    /// The grid pair of a row, the same in both directions.
    long path(int row) {
        int tx = signatures.code(signatures.txGrid(), row);
        int rx = signatures.code(signatures.rxGrid(), row);
        return (long) Math.min(tx, rx) << 32 | Integer.toUnsignedLong(Math.max(tx, rx));
    }

    /// SHA-256 over features, targets and weights as they lie in memory.
    String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (MemorySegment segment : new MemorySegment[] {features, targets, weights}) {
                for (long at = 0; at < segment.byteSize(); at += 1 << 26) {
                    digest.update(segment.asSlice(at, Math.min(1 << 26, segment.byteSize() - at)).asByteBuffer());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Copies of the three arrays on the backend (on a host backend, the arrays themselves).
    OnBackend load(Backend backend) {
        return new OnBackend(backend.load(ElementType.F32, features), backend.load(ElementType.F32, targets),
                backend.load(ElementType.F32, weights));
    }

    /// The arrays where the network runs.
    record OnBackend(Buffer features, Buffer targets, Buffer weights) implements AutoCloseable {
        @Override
        public void close() {
            features.close();
            targets.close();
            weights.close();
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private void requireFinite() {
        int inputs = variant.shape().inputs();
        for (int row = 0; row < rows(); row++) {
            for (int k = 0; k < inputs; k++) {
                if (!Float.isFinite(features.getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * inputs + k))) {
                    throw unusable(row, "feature " + variant.features().get(k));
                }
            }
            if (!Float.isFinite(target(row))) {
                throw unusable(row, "median SNR");
            }
        }
    }

    private InputException unusable(int row, String what) {
        return new InputException("signature " + signatures.text(signatures.txGrid(), row) + "–"
                + signatures.text(signatures.rxGrid(), row) + ", band " + signatures.band()[row] + ", " + signatures.period()[row] + " at " + signatures.hour()[row] + " UTC: its " + what
                + " is no finite number");
    }

    private static MemorySegment locators(byte[] grids, int n, Arena arena) {
        MemorySegment locators = arena.allocate((long) n * GridSquares.LOCATOR_BYTES, 64);
        for (int i = 0; i < n; i++) {
            MemorySegment.copy(grids, i * Signatures.GRID, locators, ValueLayout.JAVA_BYTE, (long) i * GridSquares.LOCATOR_BYTES, Signatures.GRID);
        }
        return locators;
    }
}
