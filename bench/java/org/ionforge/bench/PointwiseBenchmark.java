package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;

/// The refinery's operations on each row by itself. None has a peer: no library has them.
final class PointwiseBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        int n = size == Size.SMALL ? 1000 : 1 << 22;
        return List.of(decode(n), measure(n), elevation(n), embed(n), uniform(n), weighted(n));
    }

    static Workload decode(int n) {
        return Workload.of("gridSquares.decode", rows(n), Cost.bytes(17L * n).fma(14L * n), operands -> decode(operands, n));
    }

    static Workload measure(int n) {
        return Workload.of("greatCircle.measure", rows(n), Cost.bytes(32L * n).fma(60L * n), operands -> measure(operands, n));
    }

    static Workload elevation(int n) {
        return Workload.of("solarElevation.elevation", rows(n), Cost.bytes(20L * n).fma(22L * n), operands -> elevation(operands, n));
    }

    static Workload embed(int n) {
        return Workload.of("silverEmbedding.embed", rows(n), Cost.bytes(28L * n).fma(13L * n), operands -> embed(operands, n));
    }

    static Workload uniform(int n) {
        return Workload.of("samplingKeys.uniform", rows(n), Cost.bytes(16L * n).fma(78L * n), operands -> uniform(operands, n));
    }

    static Workload weighted(int n) {
        return Workload.of("samplingKeys.weighted", rows(n), Cost.bytes(20L * n).fma(83L * n), operands -> weighted(operands, n));
    }

    private static Contender decode(Operands operands, int n) {
        byte[] text = new byte[8 * n];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < n; i++) {
            text[8 * i] = (byte) ('A' + random.nextInt(18));
            text[8 * i + 1] = (byte) ('A' + random.nextInt(18));
            text[8 * i + 2] = (byte) ('0' + random.nextInt(10));
            text[8 * i + 3] = (byte) ('0' + random.nextInt(10));
        }
        Buffer locators = operands.copy(ElementType.U8, MemorySegment.ofArray(text));
        Buffer latitude = operands.allocate(ElementType.F32, n);
        Buffer longitude = operands.allocate(ElementType.F32, n);
        Buffer valid = operands.allocate(ElementType.U8, n);
        return operands.running(() -> operands.backend().gridSquares().decode(locators, latitude, longitude, valid, n), latitude,
                longitude, valid);
    }

    private static Contender measure(Operands operands, int n) {
        Buffer latitudeA = operands.floats(n, -90, 90);
        Buffer longitudeA = operands.floats(n, -180, 180);
        Buffer latitudeB = operands.floats(n, -90, 90);
        Buffer longitudeB = operands.floats(n, -180, 180);
        Buffer distance = operands.allocate(ElementType.F32, n);
        Buffer azimuth = operands.allocate(ElementType.F32, n);
        Buffer latitude = operands.allocate(ElementType.F32, n);
        Buffer longitude = operands.allocate(ElementType.F32, n);
        return operands.running(() -> operands.backend().greatCircle().measure(latitudeA, longitudeA, latitudeB, longitudeB,
                distance, azimuth, latitude, longitude, n), distance, azimuth, latitude, longitude);
    }

    private static Contender elevation(Operands operands, int n) {
        Buffer latitude = operands.floats(n, -90, 90);
        Buffer longitude = operands.floats(n, -180, 180);
        Buffer day = operands.floats(n, 1, 366);
        Buffer hour = operands.floats(n, 0, 24);
        Buffer elevation = operands.allocate(ElementType.F32, n);
        return operands.running(() -> operands.backend().solarElevation().elevation(latitude, longitude, day, hour, elevation, n),
                elevation);
    }

    private static Contender embed(Operands operands, int n) {
        Buffer distance = operands.floats(n, 0, 20_000);
        Buffer xray = operands.floats(n, 1e-8, 1e-4);
        Buffer kp = operands.floats(n, 0, 9);
        Buffer eDistance = operands.allocate(ElementType.F32, n);
        Buffer eXray = operands.allocate(ElementType.F32, n);
        Buffer eKp = operands.allocate(ElementType.F32, n);
        Buffer quality = operands.allocate(ElementType.F32, n);
        return operands.running(() -> operands.backend().silverEmbedding().embed(distance, xray, kp, eDistance, eXray, eKp, quality, n),
                eDistance, eXray, eKp, quality);
    }

    private static Contender uniform(Operands operands, int n) {
        Buffer identity = identities(operands, n);
        Buffer keys = operands.allocate(ElementType.U64, n);
        return operands.running(() -> operands.backend().samplingKeys().uniform(identity, 42, keys, n), keys);
    }

    private static Contender weighted(Operands operands, int n) {
        Buffer identity = identities(operands, n);
        Buffer weight = operands.floats(n, 0.1, 10);
        Buffer keys = operands.allocate(ElementType.F64, n);
        return operands.running(() -> operands.backend().samplingKeys().weighted(identity, weight, 42, keys, n), keys);
    }

    private static Buffer identities(Operands operands, int n) {
        return operands.copy(ElementType.U64, MemorySegment.ofArray(new SplittableRandom(2).longs(n).toArray()));
    }

    static String rows(int n) {
        return n == 1 ? "1 row" : n + " rows";
    }
}
