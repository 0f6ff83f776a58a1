package org.ionforge.spiking.verification;

/// How a network did at a gate.
///
/// @param gate  [Gate#key]
/// @param value measured
/// @param limit that it was held to
public record GateResult(String gate, double value, double limit, boolean pass) {
}
