package org.ionforge.ionis;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CircuitTest {

    private static final Circuit.Place W3 = new Circuit.Coordinates(39.14, -77.01);
    private static final Circuit.Place G = new Circuit.Coordinates(51.5, -0.12);

    static Stream<Arguments> outside() {
        return Stream.of(
                refused("frequencyHz 144000000 is outside 1800000 to 30000000", () -> new Circuit(W3, G, 144e6, 14, 6, 150, 2)),
                refused("frequencyHz 432000000", () -> new Circuit(W3, G, 432e6, 14, 6, 150, 2)),
                refused("frequencyHz 1799999 ", () -> new Circuit(W3, G, 1_799_999, 14, 6, 150, 2)),
                refused("frequencyHz -14000000", () -> new Circuit(W3, G, -14e6, 14, 6, 150, 2)),
                refused("frequencyHz NaN", () -> new Circuit(W3, G, Double.NaN, 14, 6, 150, 2)),
                refused("latitude 95 is outside -90 to 90", () -> new Circuit.Coordinates(95, 0)),
                refused("latitude NaN", () -> new Circuit.Coordinates(Double.NaN, 0)),
                refused("longitude 180.5 ", () -> new Circuit.Coordinates(0, 180.5)),
                refused("kp 15 is outside 0 to 9", () -> new Circuit(W3, G, 14e6, 14, 6, 150, 15)),
                refused("kp -5", () -> new Circuit(W3, G, 14e6, 14, 6, 150, -5)),
                refused("sfi -100 is outside 50 to 400 sfu", () -> new Circuit(W3, G, 14e6, 14, 6, -100, 2)),
                refused("sfi 1.0E30", () -> new Circuit(W3, G, 14e6, 14, 6, 1e30, 2)),
                refused("hour 24 is outside 0 to 23", () -> new Circuit(W3, G, 14e6, 24, 6, 150, 2)),
                refused("hour -1", () -> new Circuit(W3, G, 14e6, -1, 6, 150, 2)),
                refused("month 0 is outside 1 to 12", () -> new Circuit(W3, G, 14e6, 14, 0, 150, 2)),
                refused("month 13", () -> new Circuit(W3, G, 14e6, 14, 13, 150, 2)),
                refused("distanceKm 20016 ", () -> new Circuit(W3, G, 14e6, 14, 6, 150, 2, OptionalDouble.of(20_016), OptionalDouble.empty())),
                refused("azimuthDeg 361 ", () -> new Circuit(W3, G, 14e6, 14, 6, 150, 2, OptionalDouble.empty(), OptionalDouble.of(361))));
    }

    private static Arguments refused(String message, Executable attempt) {
        return Arguments.of(message, attempt);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("outside")
    void whatLiesOutsideIsRefusedByName(String message, Executable attempt) {
        String said = assertThrows(InputException.class, attempt).getMessage();
        assertTrue(said.startsWith(message), said);
    }

    @Test
    void theEdgesBelong() {
        assertDoesNotThrow(() -> new Circuit(new Circuit.Coordinates(90, 180), new Circuit.Coordinates(-90, -180), 1_800_000, 0, 1,
                50, 0, OptionalDouble.of(0), OptionalDouble.of(0)));
        assertDoesNotThrow(() -> new Circuit(W3, G, 30_000_000, 23, 12, 400, 9, OptionalDouble.of(20_015), OptionalDouble.of(360)));
    }

    @Test
    void bandsAreFoundByNameNumberAndFrequency() {
        assertEquals(14_097_100, Variant.V20.band("20m").modelHz());
        assertEquals("20m", Variant.V20.band("107").name());
        assertEquals("20m", Variant.V20.bandOf(14_350_000).name());
        assertEquals("160m", Variant.V20.bandOf(1_800_000).name());
        assertEquals("60m", Variant.V20.bandOf(5_287_200).name());
        assertEquals("10m", Variant.V20.bandOf(30_000_000).name());
        String said = assertThrows(InputException.class, () -> Variant.V20.band("6m")).getMessage();
        assertTrue(said.contains("'6m'") && said.contains("160m, 80m"), said);
        assertTrue(assertThrows(InputException.class, () -> Variant.named("v22")).getMessage().contains("there is v20"));
    }
}
