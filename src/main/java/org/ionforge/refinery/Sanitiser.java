package org.ionforge.refinery;

/// Cleans what the archive holds as text, once per distinct token (the parser remembers the outcome).
final class Sanitiser {

    static final int LONGEST_CALL = 20;

    private Sanitiser() {
    }

    /// Cleans a call sign: a backslash becomes a slash; quotes, backticks, blanks, control characters and brackets of every
    /// kind are dropped. So a hashed call `<PJ4/K1ABC>` loses its brackets and is kept, and `<...>` (a hash that the receiver
    /// could not resolve) has nothing alphanumeric left and is refused. Case is kept.
    ///
    /// @param out receives the cleaned call, at least [#LONGEST_CALL] bytes
    /// @return its length, or −1 if it is empty, longer than 20 characters, or has no letter or digit
    static int call(byte[] in, int start, int end, byte[] out) {
        int length = 0;
        boolean alphanumeric = false;
        for (int i = start; i < end; i++) {
            byte c = in[i];
            switch (c) {
                case '"', '\'', '`', '<', '>', '[', ']', '{', '}', '(', ')' -> { }
                default -> {
                    if (c >= 0 && c <= ' ' || c == 0x7f) {
                        break;
                    }
                    if (length == LONGEST_CALL) {
                        return -1;
                    }
                    out[length++] = c == '\\' ? (byte) '/' : c;
                    alphanumeric |= c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
                }
            }
        }
        return alphanumeric ? length : -1;
    }

    /// Brings a Maidenhead locator into its usual form (`JN58th`, `JN58TH` and `jn58th` are one).
    ///
    /// @param out receives the locator, at least 8 bytes
    /// @return its length, or −1 if it is not 4, 6 or 8 well-formed characters
    static int grid(byte[] in, int start, int end, byte[] out) {
        while (start < end && in[start] == ' ') {
            start++;
        }
        while (start < end && in[end - 1] == ' ') {
            end--;
        }
        int length = end - start;
        if (length != 4 && length != 6 && length != 8) {
            return -1;
        }
        for (int i = 0; i < length; i++) {
            int c = in[start + i];
            boolean digit = (i & 2) != 0;
            int value = digit ? c - '0' : (c & ~0x20) - 'A';
            int limit = digit ? 10 : i < 2 ? 18 : 24;
            if (c < 0 || value < 0 || value >= limit || !digit && c < 'A') {
                return -1;
            }
            out[i] = (byte) (digit ? c : i < 2 ? 'A' + value : 'a' + value);
        }
        return length;
    }

    /// A version as it is, without blanks around it. It may be empty.
    static int version(byte[] in, int start, int end, byte[] out) {
        while (start < end && in[start] == ' ') {
            start++;
        }
        while (start < end && in[end - 1] == ' ') {
            end--;
        }
        int length = Math.min(end - start, out.length);
        System.arraycopy(in, start, out, 0, length);
        return length;
    }
}
