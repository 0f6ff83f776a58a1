package org.ionforge.refinery;

import java.lang.foreign.MemorySegment;

/// Whole lines of one file, each ended by a line feed (the last line of a file gets one if it had none).
///
/// @param memory    holds the text, with at least [org.ionforge.compute.text.TextColumns#MARGIN] bytes before and after it
/// @param start     of the text
/// @param length    bytes of text
/// @param lines     line feeds in it
/// @param source    index of the file
/// @param firstLine number of the first line, from 1
/// @param truncated whether the file was cut short within the last line
record Chunk(MemorySegment memory, long start, int length, int lines, int source, long firstLine, boolean truncated) {
}
