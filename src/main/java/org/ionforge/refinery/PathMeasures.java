package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;

/// Distance, azimuth, midpoint and silver embedding of the paths of [PathRuns], worked out by the compute engine. Used by one thread;
/// several may share one backend.
final class PathMeasures implements AutoCloseable {

    private static final int INPUTS = 6;
    private static final int OUTPUTS = 8;

    private final Backend backend;
    private final List<Buffer> buffers = new ArrayList<>();
    private Arena staging = Arena.ofShared();
    private MemorySegment stage = MemorySegment.NULL;
    private int capacity;

    private float[] txLatitude = {};
    private float[] txLongitude = {};
    private float[] rxLatitude = {};
    private float[] rxLongitude = {};
    /// Of each run.
    float[] distance = {};
    float[] azimuth = {};
    float[] midLatitude = {};
    float[] midLongitude = {};
    float[] eDistance = {};
    float[] eXray = {};
    float[] eKp = {};
    float[] quality = {};

    PathMeasures(Backend backend) {
        this.backend = backend;
    }

    /// Makes room for `n` paths; contents are undefined afterwards.
    private void reserve(int n) {
        if (n <= capacity) {
            return;
        }
        release();
        capacity = Math.max(1024, n + n / 4);
        staging = Arena.ofShared();
        stage = staging.allocate(capacity * 4L, 64);
        for (int i = 0; i < INPUTS + OUTPUTS; i++) {
            buffers.add(backend.allocate(ElementType.F32, capacity));
        }
        txLatitude = new float[capacity];
        txLongitude = new float[capacity];
        rxLatitude = new float[capacity];
        rxLongitude = new float[capacity];
        distance = new float[capacity];
        azimuth = new float[capacity];
        midLatitude = new float[capacity];
        midLongitude = new float[capacity];
        eDistance = new float[capacity];
        eXray = new float[capacity];
        eKp = new float[capacity];
        quality = new float[capacity];
    }

    /// Measures every run under one sun.
    void measure(OrderedSpots spots, PathRuns runs, GridPlaces places, SolarRow sun) {
        int n = runs.count();
        reserve(n);
        for (int run = 0; run < n; run++) {
            int tx = spots.grid[runs.start(run)];
            int rx = spots.reporterGrid[runs.start(run)];
            txLatitude[run] = places.latitude()[tx];
            txLongitude[run] = places.longitude()[tx];
            rxLatitude[run] = places.latitude()[rx];
            rxLongitude[run] = places.longitude()[rx];
        }
        if (backend.hostAddressable()) {
            run(n, sun);
        } else {
            synchronized (backend) {  // a device runs what it is told in order: one block's operations stay together
                run(n, sun);
            }
        }
    }

    private void run(int n, SolarRow sun) {
        upload(0, txLatitude, n);
        upload(1, txLongitude, n);
        upload(2, rxLatitude, n);
        upload(3, rxLongitude, n);
        fill(4, sun.xrayLong(), n);
        fill(5, sun.kp(), n);
        backend.greatCircle().measure(buffers.get(0), buffers.get(1), buffers.get(2), buffers.get(3),
                buffers.get(6), buffers.get(7), buffers.get(8), buffers.get(9), n);
        backend.silverEmbedding().embed(buffers.get(6), buffers.get(4), buffers.get(5),
                buffers.get(10), buffers.get(11), buffers.get(12), buffers.get(13), n);
        float[][] outputs = {distance, azimuth, midLatitude, midLongitude, eDistance, eXray, eKp, quality};
        for (int i = 0; i < OUTPUTS; i++) {
            download(INPUTS + i, outputs[i], n);
        }
    }

    private void upload(int buffer, float[] values, int n) {
        MemorySegment target = backend.hostAddressable() ? buffers.get(buffer).host() : stage;
        MemorySegment.copy(values, 0, target, ValueLayout.JAVA_FLOAT, 0, n);
        send(buffer, n);
    }

    private void fill(int buffer, float value, int n) {
        MemorySegment target = backend.hostAddressable() ? buffers.get(buffer).host() : stage;
        for (int i = 0; i < n; i++) {
            target.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        send(buffer, n);
    }

    private void send(int buffer, int n) {
        if (!backend.hostAddressable()) {
            buffers.get(buffer).upload(stage.asSlice(0, n * 4L));
        }
    }

    private void download(int buffer, float[] values, int n) {
        MemorySegment source = stage;
        if (backend.hostAddressable()) {
            source = buffers.get(buffer).host();
        } else {
            buffers.get(buffer).download(stage.asSlice(0, n * 4L), 0);
        }
        MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, 0, values, 0, n);
    }

    private void release() {
        buffers.forEach(Buffer::close);
        buffers.clear();
        staging.close();
    }

    @Override
    public void close() {
        if (capacity >= 0) {
            release();
            capacity = -1;
        }
    }
}
