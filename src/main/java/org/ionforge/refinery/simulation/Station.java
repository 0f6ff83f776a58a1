package org.ionforge.refinery.simulation;

/// One station of the network.
///
/// @param grid          its locator, 4 or 6 characters
/// @param latitude      of the centre of that square, degrees
/// @param longitude     degrees
/// @param powerDbm      what it transmits with and reports
/// @param transmitBands bit i: it transmits on band i of [SimulatedBand#ALL]; 0: it only receives
/// @param receiveBands  likewise for its receiver
/// @param activity      how much it transmits, relative
/// @param transmitDb    how much better than an average station it is heard
/// @param receiveDb     how much better than an average receiver it hears
/// @param version       the software version its receiver reports, blank as often as in the archive
record Station(String call, String grid, double latitude, double longitude, int powerDbm, int transmitBands, int receiveBands,
               double activity, double transmitDb, double receiveDb, String version) {

    boolean transmits() {
        return transmitBands != 0;
    }

    boolean receives() {
        return receiveBands != 0;
    }
}
