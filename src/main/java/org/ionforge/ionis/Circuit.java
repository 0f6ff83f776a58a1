package org.ionforge.ionis;

import java.util.OptionalDouble;
import org.ionforge.errors.InputException;

/// One question to the network: a transmitter, a receiver, a frequency, an hour and the state of the sun.
///
/// @param frequencyHz 1.8 to 30 MHz
/// @param hour        UTC, 0 to 23
/// @param month       1 to 12
/// @param sfi         F10.7, 50 to 400 sfu
/// @param kp          0 to 9
/// @param distanceKm  if known, else computed; 0 to 20,015
/// @param azimuthDeg  if known, else computed; 0 to 360, at the transmitter
public record Circuit(Place tx, Place rx, double frequencyHz, int hour, int month, double sfi, double kp,
                      OptionalDouble distanceKm, OptionalDouble azimuthDeg) {

    /// Half the circumference of a sphere of 6371 km.
    private static final double FARTHEST_KM = 20_015.087;

    /// Where a station is.
    public sealed interface Place {
    }

    /// A Maidenhead locator of 4, 6 or 8 characters; it stands for the centre of its square.
    public record Grid(String locator) implements Place {
    }

    /// Degrees north and east.
    public record Coordinates(double latitude, double longitude) implements Place {

        public Coordinates {
            within("latitude", latitude, -90, 90, "degrees");
            within("longitude", longitude, -180, 180, "degrees");
        }
    }

    /// @throws InputException naming what lies outside its range
    public Circuit {
        within("frequencyHz", frequencyHz, 1_800_000, 30_000_000, "Hz: the network knows HF only");
        within("hour", hour, 0, 23, "(UTC)");
        within("month", month, 1, 12, "");
        within("sfi", sfi, 50, 400, "sfu");
        within("kp", kp, 0, 9, "");
        distanceKm.ifPresent(d -> within("distanceKm", d, 0, FARTHEST_KM, "km, half way round the earth"));
        azimuthDeg.ifPresent(a -> within("azimuthDeg", a, 0, 360, "degrees"));
    }

    /// A circuit whose distance and azimuth are computed.
    public Circuit(Place tx, Place rx, double frequencyHz, int hour, int month, double sfi, double kp) {
        this(tx, rx, frequencyHz, hour, month, sfi, kp, OptionalDouble.empty(), OptionalDouble.empty());
    }

    private static void within(String name, double value, double low, double high, String unit) {
        if (!(value >= low && value <= high)) {
            throw new InputException((name + " " + number(value) + " is outside " + number(low) + " to " + number(high) + " " + unit).strip());
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }
}
