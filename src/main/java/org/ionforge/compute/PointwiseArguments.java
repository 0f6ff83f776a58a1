package org.ionforge.compute;

/// The checks on the arguments of the operations on each row by itself that the cpu and the cuda room make before they touch memory;
/// one method an operation, named after it, each throwing what [Operands] throws. The reference room checks as it wraps its operands.
public final class PointwiseArguments {

    private PointwiseArguments() {
    }

    /// Of [GridSquares#decode].
    public static void decode(Buffer locators, Buffer latitude, Buffer longitude, Buffer valid, long n) {
        Operands.requireCount(n);
        Operands.require("locators", locators, ElementType.U8, n * GridSquares.LOCATOR_BYTES);
        Operands.require("latitude", latitude, ElementType.F32, n);
        Operands.require("longitude", longitude, ElementType.F32, n);
        Operands.require("valid", valid, ElementType.U8, n);
    }

    /// Of [GreatCircle#measure].
    public static void measure(Buffer latitudeA, Buffer longitudeA, Buffer latitudeB, Buffer longitudeB,
                               Buffer distanceKm, Buffer azimuthDeg, Buffer midLatitude, Buffer midLongitude, long n) {
        Operands.requireCount(n);
        Operands.require("latitudeA", latitudeA, ElementType.F32, n);
        Operands.require("longitudeA", longitudeA, ElementType.F32, n);
        Operands.require("latitudeB", latitudeB, ElementType.F32, n);
        Operands.require("longitudeB", longitudeB, ElementType.F32, n);
        Operands.require("distanceKm", distanceKm, ElementType.F32, n);
        Operands.require("azimuthDeg", azimuthDeg, ElementType.F32, n);
        Operands.require("midLatitude", midLatitude, ElementType.F32, n);
        Operands.require("midLongitude", midLongitude, ElementType.F32, n);
    }

    /// Of [SolarElevation#elevation].
    public static void elevation(Buffer latitude, Buffer longitude, Buffer dayOfYear, Buffer hourUtc, Buffer elevation, long n) {
        Operands.requireCount(n);
        Operands.require("latitude", latitude, ElementType.F32, n);
        Operands.require("longitude", longitude, ElementType.F32, n);
        Operands.require("dayOfYear", dayOfYear, ElementType.F32, n);
        Operands.require("hourUtc", hourUtc, ElementType.F32, n);
        Operands.require("elevation", elevation, ElementType.F32, n);
    }

    /// Of [SilverEmbedding#embed].
    public static void embed(Buffer distanceKm, Buffer xrayFlux, Buffer kp,
                             Buffer eDistance, Buffer eXray, Buffer eKp, Buffer quality, long n) {
        Operands.requireCount(n);
        Operands.require("distanceKm", distanceKm, ElementType.F32, n);
        Operands.require("xrayFlux", xrayFlux, ElementType.F32, n);
        Operands.require("kp", kp, ElementType.F32, n);
        Operands.require("eDistance", eDistance, ElementType.F32, n);
        Operands.require("eXray", eXray, ElementType.F32, n);
        Operands.require("eKp", eKp, ElementType.F32, n);
        Operands.require("quality", quality, ElementType.F32, n);
    }

    /// Of [SamplingKeys#uniform].
    public static void uniform(Buffer identity, Buffer keys, long n) {
        Operands.requireCount(n);
        Operands.require("identity", identity, ElementType.U64, n);
        Operands.require("keys", keys, ElementType.U64, n);
    }

    /// Of [SamplingKeys#weighted].
    public static void weighted(Buffer identity, Buffer weight, Buffer keys, long n) {
        Operands.requireCount(n);
        Operands.require("identity", identity, ElementType.U64, n);
        Operands.require("weight", weight, ElementType.F32, n);
        Operands.require("keys", keys, ElementType.F64, n);
    }

    /// Of [SpotKeys#buckets].
    public static void buckets(Buffer time, Buffer bucket, long n) {
        Operands.requireCount(n);
        Operands.require("time", time, ElementType.U32, n);
        Operands.require("bucket", bucket, ElementType.U32, n);
    }

    /// Of [SpotKeys#signatures].
    public static void signatures(SpotKeys.Spots spots, Buffer keys, long n) {
        Operands.requireCount(n);
        Operands.require("band", spots.band(), ElementType.U16, n);
        Operands.require("time", spots.time(), ElementType.U32, n);
        Operands.require("txSquare", spots.txSquare(), ElementType.U16, n);
        Operands.require("rxSquare", spots.rxSquare(), ElementType.U16, n);
        Operands.require("sfi", spots.sfi(), ElementType.F32, n);
        Operands.require("distance", spots.distance(), ElementType.F32, n);
        Operands.require("keys", keys, ElementType.U64, n);
    }
}
