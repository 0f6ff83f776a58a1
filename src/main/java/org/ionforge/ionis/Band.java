package org.ionforge.ionis;

/// An amateur band as the network knows it.
///
/// @param id      house number, 102 (160 m) to 111 (10 m)
/// @param name    `20m`
/// @param lowHz   lower edge of the amateur allocation
/// @param highHz  upper edge
/// @param modelHz the frequency that stands for the band in the features
public record Band(int id, String name, long lowHz, long highHz, long modelHz) {
}
