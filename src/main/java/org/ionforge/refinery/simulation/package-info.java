/// A simulated WSPR network: stations, sun and ionosphere with known laws, written as the archive files and indices that the
/// refinery reads, and beside them the truth that was planted.
package org.ionforge.refinery.simulation;
