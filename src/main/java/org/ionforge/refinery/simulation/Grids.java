package org.ionforge.refinery.simulation;

/// Maidenhead locators of the simulated stations, in the case the archive has them: `IO91wm`.
final class Grids {

    private Grids() {
    }

    /// The square of `length` 4 or 6 around a place in degrees.
    static String locator(double latitude, double longitude, int length) {
        double east = longitude + 180;
        double north = latitude + 90;
        StringBuilder locator = new StringBuilder()
                .append((char) ('A' + (int) (east / 20))).append((char) ('A' + (int) (north / 10)))
                .append((int) (east / 2) % 10).append((int) north % 10);
        if (length == 6) {
            locator.append((char) ('a' + (int) (east % 2 * 12))).append((char) ('a' + (int) (north % 1 * 24)));
        }
        return locator.toString();
    }

    /// Latitude of the centre of a well-formed square of 4 or 6 characters, degrees.
    static double latitude(String locator) {
        double south = -90 + 10 * (locator.charAt(1) - 'A') + (locator.charAt(3) - '0');
        return locator.length() == 4 ? south + 0.5 : south + (locator.charAt(5) - 'a' + 0.5) / 24;
    }

    static double longitude(String locator) {
        double west = -180 + 20 * (locator.charAt(0) - 'A') + 2 * (locator.charAt(2) - '0');
        return locator.length() == 4 ? west + 1 : west + (locator.charAt(4) - 'a' + 0.5) / 12;
    }
}
