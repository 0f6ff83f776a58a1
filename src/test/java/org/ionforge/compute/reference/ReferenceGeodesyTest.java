package org.ionforge.compute.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GreatCircle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Grid squares, great circles and the sun's elevation against values worked out elsewhere.
class ReferenceGeodesyTest {

    private final ReferenceBackend backend = new ReferenceBackend();

    @AfterEach
    void nothingLeftOpen() {
        assertEquals(0, backend.liveBuffers());
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({"FN31, 41.5, -73", "JJ00, 0.5, 1", "AA00, -89.5, -179", "RR99, 89.5, 179", "fn31pr, 41.7291667, -72.7083333",
        "IO91wm, 51.5208333, -0.125", "JO22lk09, 52.45625, 4.9208333"})
    void decodesToTheCentre(String locator, double latitude, double longitude) {
        Place place = decode(locator);
        assertTrue(place.valid());
        assertEquals(latitude, place.latitude(), 1e-5);
        assertEquals(longitude, place.longitude(), 1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "F", "FN", "FN3", "FN31p", "FN31prA", "SN31", "FS31", "F131", "FNX1", "FN3X", "FN31yr", "FN31p1",
        "FN31prA1", "FN31pr1:", "@N31", "[N31", " FN31", "FN31 ", "FN\u000031", "FN31\u0000p", "\u0000FN31", "FN31\u0000\u0000pr"})
    void refusesWhatIsNoLocator(String locator) {
        Place place = decode(locator);
        assertFalse(place.valid());
        assertTrue(Float.isNaN(place.latitude()) && Float.isNaN(place.longitude()));
    }

    @ParameterizedTest
    @CsvSource({"39.14, -77.01, 51.5, -0.12, 5879.789714, 49.497399", "64.18, -51.72, 60.17, 24.94, 3759.500659, 60.438447",
        "43.65, -79.38, 39.14, -77.01, 538.984565, 157.69292", "41.5, -73, 51.5, 7, 5911.517136, 49.994818",
        "0, 0, 0, 90, 10007.543398, 90", "0, 0, 0, 180, 20015.086796, 90",
        "90, 0, -90, 0, 20015.086796, 180", "10, 179, 10, -179, 219.009596, 89.826348", "5, 7, 5, 7, 0, 0",
        "12, 180, 12, -180, 0, 0", "-5, 20, 5, 20, 1111.949266, 0"})
    void measuresKnownPaths(float latitudeA, float longitudeA, float latitudeB, float longitudeB, double km, double degrees) {
        float[] path = measure(latitudeA, longitudeA, latitudeB, longitudeB);
        assertEquals(km, path[0], 2e-3);
        assertEquals(degrees, path[1], 1e-4, "float coordinates are up to 4e-6 degrees off");
        float[] first = measure(latitudeA, longitudeA, path[2], path[3]);
        float[] second = measure(latitudeB, longitudeB, path[2], path[3]);
        assertEquals(km / 2, first[0], 2e-3 + 1e-6 * km, "the midpoint lies half way");
        assertEquals(km / 2, second[0], 2e-3 + 1e-6 * km, "the midpoint lies half way");
    }

    @Test
    void whatIsNoPlaceHasNoPath() {
        for (float bad : new float[] {Float.NaN, 90.0001f, -91, Float.POSITIVE_INFINITY}) {
            assertAllNaN(measure(bad, 0, 10, 10));
            assertAllNaN(measure(10, 10, bad, 0));
        }
        for (float bad : new float[] {Float.NaN, 360.1f, Float.NEGATIVE_INFINITY}) {
            assertAllNaN(measure(0, bad, 10, 10));
            assertAllNaN(measure(10, 10, 0, bad));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // noon on the prime meridian at the solstice of day 172: declination −23.44·cos(360/365·182)
        "0, 0, 172, 12, 66.5609", "23.4391, 0, 172, 12, 90", "-66.5609, 0, 172, 12, 0", "90, 0, 172, 3, 23.4391",
        "0, -90, 172, 18, 66.5609", "0, 180, 172, 12, -66.5609", "0, 90, 172, 12, 0"})
    void placesTheSun(float latitude, float longitude, float day, float hour, double elevation) {
        try (Buffer a = of(latitude); Buffer b = of(longitude); Buffer c = of(day); Buffer d = of(hour); Buffer e = of(0)) {
            backend.solarElevation().elevation(a, b, c, d, e, 1);
            assertEquals(elevation, value(e), 1e-4);
        }
    }

    @Test
    void refusesBuffersThatDoNotFit() {
        GreatCircle circle = backend.greatCircle();
        try (Buffer one = of(1); Buffer bytes = backend.allocate(ElementType.U8, 64)) {
            assertEquals("longitudeB must hold 1 F32, it holds 64 U8", assertThrows(IllegalArgumentException.class,
                    () -> circle.measure(one, one, one, bytes, one, one, one, one, 1)).getMessage());
            assertThrows(IllegalArgumentException.class, () -> circle.measure(one, one, one, one, one, one, one, one, 2));
            assertThrows(IllegalArgumentException.class, () -> circle.measure(one, one, one, one, one, one, one, one, -1));
        }
        Buffer closed = of(1);
        closed.close();
        assertThrows(IllegalStateException.class,
                () -> circle.measure(closed, closed, closed, closed, closed, closed, closed, closed, 1));
    }

    private record Place(float latitude, float longitude, boolean valid) {
    }

    private Place decode(String locator) {
        byte[] text = new byte[8];
        byte[] ascii = locator.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, text, 0, ascii.length);
        try (Buffer in = backend.allocate(ElementType.U8, 8); Buffer lat = of(0); Buffer lon = of(0);
             Buffer valid = backend.allocate(ElementType.U8, 1)) {
            in.upload(MemorySegment.ofArray(text));
            backend.gridSquares().decode(in, lat, lon, valid, 1);
            return new Place(value(lat), value(lon), valid.host().get(ValueLayout.JAVA_BYTE, 0) == 1);
        }
    }

    /// {distance, azimuth, mid latitude, mid longitude}
    private float[] measure(float latitudeA, float longitudeA, float latitudeB, float longitudeB) {
        try (Buffer a = of(latitudeA); Buffer b = of(longitudeA); Buffer c = of(latitudeB); Buffer d = of(longitudeB);
             Buffer e = of(0); Buffer f = of(0); Buffer g = of(0); Buffer h = of(0)) {
            backend.greatCircle().measure(a, b, c, d, e, f, g, h, 1);
            return new float[] {value(e), value(f), value(g), value(h)};
        }
    }

    private Buffer of(float value) {
        Buffer buffer = backend.allocate(ElementType.F32, 1);
        buffer.upload(MemorySegment.ofArray(new float[] {value}));
        return buffer;
    }

    private static float value(Buffer buffer) {
        return buffer.host().get(ValueLayout.JAVA_FLOAT, 0);
    }

    private static void assertAllNaN(float[] values) {
        for (float value : values) {
            assertTrue(Float.isNaN(value));
        }
    }
}
