package org.ionforge.compute.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Reductions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The silver embedding, sampling keys and reductions against values worked out by hand.
class ReferenceSilverTest {

    private final ReferenceBackend backend = new ReferenceBackend();

    @AfterEach
    void nothingLeftOpen() {
        assertEquals(0, backend.liveBuffers());
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({"0, 0.3", "250, 0.65", "499.99997, 1.0", "500, 0.7", "1250, 0.85", "2000, 1", "5000, 1", "7000, 0.94", "15000, 0.7",
        "17500, 0.6", "20000, 0.5", "20015.1, 0.5", "1e9, 0.5"})
    void distanceFactor(float km, double factor) {
        float[] e = embed(km, Float.NaN, Float.NaN);
        assertEquals(factor, e[3], 1e-6);
        assertEquals(Math.min(1, km / 20000.0), e[0], 1e-7);
        assertTrue(Float.isNaN(e[1]) && Float.isNaN(e[2]));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "2, 1", "3, 0.75", "4, 0.5", "5, 0.303265", "7, 0.111565", "9, 0.041042"})
    void kpFactor(float kp, double factor) {
        assertEquals(factor, embed(3000, 1e-7f, kp)[2], 1e-6);
        assertEquals(factor, embed(3000, 1e-7f, kp)[3], 1e-6);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "9.9e-7, 1", "1e-6, 1", "3.1622777e-6, 0.95", "9.99999e-6, 0.9", "1e-5, 0.606531", "2e-5, 0.367879",
        "4.7e-5, 0.1", "1e-3, 0.1"})
    void xrayFactor(float flux, double factor) {
        assertEquals(factor, embed(3000, flux, 0)[1], 1e-6);
        assertEquals(factor, embed(3000, flux, 0)[3], 1e-6);
    }

    @Test
    void aDistanceThatIsNoneHasNoQuality() {
        for (float bad : new float[] {Float.NaN, -1, Float.NEGATIVE_INFINITY}) {
            float[] e = embed(bad, 1e-7f, 1);
            assertTrue(Float.isNaN(e[0]) && Float.isNaN(e[3]));
            assertEquals(1, e[1]);
        }
    }

    @Test
    void keysAreThePublishedRandomWords() {
        try (Buffer identity = backend.allocate(ElementType.U64, 1); Buffer keys = backend.allocate(ElementType.U64, 1);
             Buffer weighted = backend.allocate(ElementType.F64, 4); Buffer four = backend.allocate(ElementType.U64, 4);
             Buffer weights = floats(1, 2, 0, Float.NaN)) {
            identity.fill((byte) 0);
            four.fill((byte) 0);
            backend.samplingKeys().uniform(identity, 0, keys, 1);
            assertEquals(0xe169c58d_6627e8d5L, keys.host().get(ValueLayout.JAVA_LONG, 0));
            backend.samplingKeys().weighted(four, weights, 0, weighted, 4);
            double log = Math.log((0xe169c58d_6627eL + 0.5) * 0x1p-52);
            assertArrayEquals(new double[] {log, log / 2, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY},
                    weighted.host().toArray(ValueLayout.JAVA_DOUBLE));
        }
    }

    @Test
    void momentsLeaveOutNaN() {
        try (Buffer values = floats(1, Float.NaN, -3, 2)) {
            assertEquals(new Reductions.Moments(3, 0, 14, -3, 2), backend.reductions().moments(values, 4));
            assertEquals(new Reductions.Moments(0, 0, 0, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY),
                    backend.reductions().moments(values, 0));
            assertEquals(14.0 / 3, backend.reductions().moments(values, 4).variance());
        }
    }

    @Test
    void productsOfPairs() {
        try (Buffer x = floats(1, 2, 3); Buffer y = floats(4, -5, 6); Buffer gap = floats(1, Float.NaN, 0)) {
            assertArrayEquals(new double[] {6, 5, 14, 77, 12}, backend.reductions().products(x, y, 3));
            double[] broken = backend.reductions().products(x, gap, 3);
            assertEquals(6, broken[0]);
            assertTrue(Double.isNaN(broken[1]) && Double.isNaN(broken[3]) && Double.isNaN(broken[4]));
        }
    }

    /// {eDistance, eXray, eKp, quality}
    private float[] embed(float km, float flux, float kp) {
        try (Buffer d = floats(km); Buffer f = floats(flux); Buffer k = floats(kp); Buffer a = floats(0); Buffer b = floats(0);
             Buffer c = floats(0); Buffer q = floats(0)) {
            backend.silverEmbedding().embed(d, f, k, a, b, c, q, 1);
            float[] result = new float[4];
            Buffer[] outputs = {a, b, c, q};
            for (int i = 0; i < 4; i++) {
                result[i] = outputs[i].host().get(ValueLayout.JAVA_FLOAT, 0);
            }
            return result;
        }
    }

    private Buffer floats(float... values) {
        Buffer buffer = backend.allocate(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }
}
