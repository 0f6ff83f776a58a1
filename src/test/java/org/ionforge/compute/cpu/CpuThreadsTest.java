package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Reductions;
import org.junit.jupiter.api.Test;

/// Results do not depend on the number of threads, nor on who else is using them.
class CpuThreadsTest extends ThreadCountCase {

    private static final int N = 300_007;


    @Test
    void sameBitsForAnyNumberOfThreads() {
        ionforge_cpu_h.ionforge_cpu_set_threads(1);
        Results one = run(1);
        for (int count : new int[] {2, 5}) {
            ionforge_cpu_h.ionforge_cpu_set_threads(count);
            assertEquals(count, ionforge_cpu_h.ionforge_cpu_threads());
            assertSame(one, run(1));
        }
    }

    /// A call that finds the pool taken by another works alone.
    @Test
    void sameBitsForCallsAtTheSameTime() throws InterruptedException {
        ionforge_cpu_h.ionforge_cpu_set_threads(2);
        Results alone = run(2);
        List<Results> found = new ArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callers.add(Thread.ofPlatform().start(() -> {
                Results results = run(2);
                synchronized (found) {
                    found.add(results);
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertEquals(3, found.size());
        found.forEach(results -> assertSame(alone, results));
    }

    private record Results(byte[] distance, byte[] midpoint, Reductions.Moments moments, double[] products) {
    }

    private static void assertSame(Results expected, Results actual) {
        assertArrayEquals(expected.distance, actual.distance);
        assertArrayEquals(expected.midpoint, actual.midpoint);
        assertEquals(expected.moments, actual.moments);
        assertArrayEquals(expected.products, actual.products);
    }

    private Results run(long seed) {
        Random random = new Random(seed);
        try (Buffer latA = uniform(random, 90); Buffer lonA = uniform(random, 180); Buffer latB = uniform(random, 90);
             Buffer lonB = uniform(random, 180); Buffer km = backend.allocate(ElementType.F32, N);
             Buffer azimuth = backend.allocate(ElementType.F32, N); Buffer midLat = backend.allocate(ElementType.F32, N);
             Buffer midLon = backend.allocate(ElementType.F32, N)) {
            backend.greatCircle().measure(latA, lonA, latB, lonB, km, azimuth, midLat, midLon, N);
            return new Results(km.host().toArray(ValueLayout.JAVA_BYTE), midLon.host().toArray(ValueLayout.JAVA_BYTE),
                    backend.reductions().moments(km, N), backend.reductions().products(km, azimuth, N));
        }
    }

    private Buffer uniform(Random random, float limit) {
        float[] values = new float[N];
        for (int i = 0; i < N; i++) {
            values[i] = (2 * random.nextFloat() - 1) * limit;
        }
        Buffer buffer = backend.allocate(ElementType.F32, N);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }
}
