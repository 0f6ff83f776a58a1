package org.ionforge.refinery.simulation;

/// What the random streams of one seed are for: no two of them share a counter.
final class RandomKinds {

    static final int STATION = 1;
    static final int SOLAR_DAY = 2;
    static final int SOLAR_BUCKET = 3;
    static final int SOLAR_STORM = 4;
    static final int SOLAR_HOLES = 5;
    static final int XRAY = 6;
    static final int SESSION_ORDER = 7;
    static final int SESSION = 8;
    static final int LISTENING = 9;
    static final int DIRT = 10;

    private RandomKinds() {
    }
}
