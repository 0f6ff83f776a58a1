package org.ionforge.refinery;

/// The indices of one 3-hour bucket; NaN where unknown.
///
/// @param kp          planetary index, 0 to 9 in thirds
/// @param ap          its linear equivalent, 2 nT
/// @param ssn         international sunspot number of the day
/// @param sfi         F10.7 observed, sfu
/// @param sfiAdjusted F10.7 adjusted to 1 AU
/// @param xrayShort   GOES 0.05–0.4 nm, W/m², maximum of the bucket
/// @param xrayLong    GOES 0.1–0.8 nm
record SolarRow(float kp, float ap, float ssn, float sfi, float sfiAdjusted, float xrayShort, float xrayLong) {

    static final SolarRow UNKNOWN = new SolarRow(Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN);

    /// This row with what `later` knows: a later feed's indices replace, of X-ray maxima the larger counts.
    SolarRow with(SolarRow later) {
        return new SolarRow(replace(kp, later.kp), replace(ap, later.ap), replace(ssn, later.ssn), replace(sfi, later.sfi),
                replace(sfiAdjusted, later.sfiAdjusted), larger(xrayShort, later.xrayShort), larger(xrayLong, later.xrayLong));
    }

    private static float replace(float known, float later) {
        return Float.isNaN(later) ? known : later;
    }

    private static float larger(float a, float b) {
        return Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b);
    }
}
