package org.ionforge.refinery;

/// The row a parser is at. A mutable carrier that is reused, so that parsing allocates nothing.
final class Spot {
    long id;
    /// Unix seconds, unsigned.
    int time;
    int reporter;
    int reporterGrid;
    int snr;
    /// Hz.
    long frequency;
    /// Index in [Bands#ALL].
    int band;
    int callsign;
    int grid;
    int power;
    int drift;
    /// km, the archive's own.
    int distance;
    /// Degrees, the archive's own.
    int azimuth;
    int version;
    int code;
    /// See [SpotColumns#LINE_BITS].
    long origin;
}
