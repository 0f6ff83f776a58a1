package org.ionforge.refinery;

/// Why a row was not accepted. Rows are checked in this order; the first reason found is the one recorded.
public enum QuarantineReason {
    /// The file ends within this line (a gzip stream cut short).
    TRUNCATED("truncated"),
    /// Fewer than 15 columns.
    COLUMNS("columns"),
    /// A quote that never ends, or text after a closing quote.
    QUOTES("quotes"),
    /// The spot id is no whole number of at most 64 bits (a header line ends here).
    ID("id"),
    /// The time is no whole number of seconds in 1…4294967295.
    TIME("time"),
    /// No reporter call is left after sanitising, or more than 20 characters, or nothing alphanumeric.
    REPORTER("reporter"),
    /// The reporter's grid is not 4, 6 or 8 characters of a Maidenhead locator.
    REPORTER_GRID("reporter_grid"),
    /// The SNR is no whole number in −50…50 dB.
    SNR("snr"),
    /// The frequency is no decimal number of MHz.
    FREQUENCY("frequency"),
    /// The frequency lies in no band of [Bands]: below 1 or above 500 MHz, and not amateur.
    BAND("band"),
    /// As [#REPORTER], for the transmitter.
    CALLSIGN("callsign"),
    /// As [#REPORTER_GRID], for the transmitter.
    GRID("grid"),
    /// The power is no whole number in −30…60 dBm.
    POWER("power"),
    /// The drift is neither blank nor a whole number in −128…127.
    DRIFT("drift"),
    /// The distance is no whole number in 0…50000 km.
    DISTANCE("distance"),
    /// The azimuth is no whole number in 0…360 degrees.
    AZIMUTH("azimuth"),
    /// The code is neither blank nor a whole number of 32 bits.
    CODE("code");

    private final String stableName;

    QuarantineReason(String stableName) {
        this.stableName = stableName;
    }

    /// The name in the quarantine table and in JSON; it never changes.
    public String stableName() {
        return stableName;
    }
}
