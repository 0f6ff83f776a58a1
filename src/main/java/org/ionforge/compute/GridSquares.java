package org.ionforge.compute;

/// Maidenhead grid squares to coordinates.
public interface GridSquares {

    /// Bytes of one locator in the input: ASCII, padded with zero bytes.
    int LOCATOR_BYTES = 8;

    /// Decodes `n` locators of 4, 6 or 8 characters, in any case, to the centre of their square.
    ///
    /// With pairs counted from the left (field A–R, square 0–9, subsquare A–X, extended square 0–9):
    /// `lon = -180 + 20·f + 2·s (+ e/12 (+ x/120)) + half of the last step`, `lat` likewise with half the steps from −90,
    /// rounded once to the nearest float (a whole number of 1/240° or 1/480°, divided).
    ///
    /// @param locators  U8 `[n, 8]`
    /// @param latitude  F32 `[n]`, degrees north; NaN where invalid
    /// @param longitude F32 `[n]`, degrees east; NaN where invalid
    /// @param valid     U8 `[n]`, 1 where the locator is well formed, else 0: a wrong length (2 included), a character out of
    ///                  its range, or bytes after the end. Results are equal to the bit on every backend.
    void decode(Buffer locators, Buffer latitude, Buffer longitude, Buffer valid, long n);
}
