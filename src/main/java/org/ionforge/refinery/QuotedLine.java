package org.ionforge.refinery;

import java.util.Arrays;

/// A line with quotes, rewritten without them: the columns' contents one after the other with one byte between them, and where
/// those bytes are. A column is quoted when it begins with a quote; within it a doubled quote stands for one. A quote elsewhere
/// is an ordinary character.
final class QuotedLine {

    private byte[] bytes = new byte[1024];
    private int[] separators = new int[64];

    byte[] bytes() {
        return bytes;
    }

    /// Ends of the columns in [#bytes()]; the next column begins one byte later.
    int[] separators() {
        return separators;
    }

    /// Rewrites `line[start, end)`.
    ///
    /// @return the number of columns, or −1 if a quote never ends or text follows a closing quote
    int split(byte[] line, int start, int end) {
        if (bytes.length < end - start + 1 + SpotParser.PADDING) {
            bytes = new byte[2 * (end - start) + 1 + SpotParser.PADDING];
        }
        int columns = 0;
        int out = 0;
        int in = start;
        while (true) {
            if (in < end && line[in] == '"') {
                in++;
                while (true) {
                    if (in == end) {
                        return -1;
                    }
                    if (line[in] != '"') {
                        bytes[out++] = line[in++];
                    } else if (in + 1 < end && line[in + 1] == '"') {
                        bytes[out++] = '"';
                        in += 2;
                    } else {
                        in++;
                        break;
                    }
                }
                if (in < end && line[in] != ',') {
                    return -1;
                }
            } else {
                while (in < end && line[in] != ',') {
                    bytes[out++] = line[in++];
                }
            }
            if (columns == separators.length) {
                separators = Arrays.copyOf(separators, columns * 2);
            }
            separators[columns++] = out;
            bytes[out++] = ',';
            if (in == end) {
                return columns;
            }
            in++;
        }
    }
}
