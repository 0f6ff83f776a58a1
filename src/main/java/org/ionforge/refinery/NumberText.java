package org.ionforge.refinery;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Numbers from text: eight digits in one go where they look as the archive writes them, carefully otherwise. Both ways accept
/// the same language: optional blanks around, an optional sign, digits (and one point for a frequency).
///
/// Not thread-safe: whether the last call failed is in [#failed()]. Eight bytes must be readable from every start.
final class NumberText {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();
    private static final long ZEROS = 0x3030303030303030L;
    private static final long OVER_NINE = 0x7676767676767676L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,20}");
    private static final Pattern DECIMAL = Pattern.compile("\\+?([0-9]{1,12}(\\.[0-9]{0,40})?|\\.[0-9]{1,40})");

    private boolean failed;

    /// Whether a call since the last [#reset()] found no number.
    boolean failed() {
        return failed;
    }

    void reset() {
        failed = false;
    }

    /// A whole number of at most 64 bits (unsigned above Long.MAX_VALUE only through [#unsigned]).
    long whole(byte[] bytes, int start, int end) {
        int first = start;
        boolean negative = bytes[start] == '-';
        if (negative) {
            first++;
        }
        int length = end - first;
        if (length >= 1 && length <= 8) {
            long digits = digits(bytes, first, length);
            if (digits >= 0) {
                return negative ? -digits : digits;
            }
        } else if (length >= 9 && length <= 16) {
            long upper = digits(bytes, first, length - 8);
            long lower = digits(bytes, end - 8, 8);
            if ((upper | lower) >= 0) {
                long value = upper * 100_000_000 + lower;
                return negative ? -value : value;
            }
        }
        return carefulWhole(bytes, start, end, false);
    }

    /// A whole number of 0…2⁶⁴−1.
    long unsigned(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length >= 9 && length <= 16) {
            long upper = digits(bytes, start, length - 8);
            long lower = digits(bytes, end - 8, 8);
            if ((upper | lower) >= 0) {
                return upper * 100_000_000 + lower;
            }
        } else if (length >= 1 && length <= 8) {
            long digits = digits(bytes, start, length);
            if (digits >= 0) {
                return digits;
            }
        }
        return carefulWhole(bytes, start, end, true);
    }

    /// MHz to Hz, exact to the sixth decimal; what is beyond is rounded half up.
    long megahertz(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length >= 8 && length <= 14 && bytes[end - 7] == '.') {
            long whole = digits(bytes, start, length - 7);
            long fraction = digits(bytes, end - 6, 6);
            if ((whole | fraction) >= 0) {
                return whole * 1_000_000 + fraction;
            }
        }
        String text = text(bytes, start, end);
        if (!DECIMAL.matcher(text).matches()) {
            failed = true;
            return 0;
        }
        return new BigDecimal(text).movePointRight(6).setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    /// The value of 1 to 8 digits, or −1 if there is anything else among them.
    private static long digits(byte[] bytes, int start, int length) {
        int shift = 64 - 8 * length;
        long digit = ((long) LONG.get(bytes, start) << shift) ^ (ZEROS << shift);
        if (((digit + OVER_NINE | digit) & HIGH_BITS) != 0) {
            return -1;
        }
        digit = digit * 10 + (digit >>> 8);
        return ((digit & 0x000000ff000000ffL) * (100 + (1_000_000L << 32))
                + (digit >>> 16 & 0x000000ff000000ffL) * (1 + (10_000L << 32))) >>> 32;
    }

    private long carefulWhole(byte[] bytes, int start, int end, boolean unsigned) {
        String text = text(bytes, start, end);
        if (WHOLE.matcher(text).matches()) {
            try {
                return unsigned ? Long.parseUnsignedLong(text) : Long.parseLong(text);
            } catch (NumberFormatException _) {
                // out of 64 bits, or a sign before an unsigned number: no number, as below
            }
        }
        failed = true;
        return 0;
    }

    private static String text(byte[] bytes, int start, int end) {
        return end <= start ? "" : new String(bytes, start, end - start, StandardCharsets.ISO_8859_1).strip();
    }
}
