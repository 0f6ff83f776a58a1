package org.ionforge.refinery;

/// Whole lines of one file, each ended by a line feed (the last line of a file gets one if it had none), followed by at least
/// [SpotParser#PADDING] zero bytes.
///
/// @param length    bytes of text
/// @param source    index of the file
/// @param firstLine number of the first line, from 1
/// @param truncated whether the file was cut short within the last line
record Chunk(byte[] bytes, int length, int source, long firstLine, boolean truncated) {
}
