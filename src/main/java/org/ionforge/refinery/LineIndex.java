package org.ionforge.refinery;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Positions of every comma, line end and quote in a chunk of text, found eight bytes at a time.
final class LineIndex {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();
    private static final long SEVENS = 0x7f7f7f7f7f7f7f7fL;
    private static final long COMMAS = 0x2c2c2c2c2c2c2c2cL;
    private static final long LINE_FEEDS = 0x0a0a0a0a0a0a0a0aL;
    private static final long QUOTES = 0x2222222222222222L;

    /// Positions of commas and line feeds, ascending.
    int[] separators = new int[1 << 16];
    int separatorCount;
    /// For every line, the index in `separators` of its line feed.
    int[] lineEnds = new int[1 << 12];
    int lineCount;
    /// Positions of quotes, ascending.
    int[] quotes = new int[16];
    int quoteCount;

    /// Indexes `bytes[0, length)`. The bytes from `length` to the next multiple of 8 must exist and be zero.
    void index(byte[] bytes, int length) {
        separatorCount = 0;
        lineCount = 0;
        quoteCount = 0;
        for (int position = 0; position < length; position += 8) {
            long word = (long) LONG.get(bytes, position);
            long ends = equal(word ^ LINE_FEEDS);
            long marks = equal(word ^ COMMAS) | ends;
            long quoted = equal(word ^ QUOTES);
            if (separatorCount + 8 > separators.length) {
                separators = Arrays.copyOf(separators, separators.length * 2);
            }
            int count = separatorCount;
            separatorCount = count + Long.bitCount(marks);
            if (ends != 0) {
                addLines(count, marks, ends);
            }
            if (quoted != 0) {
                addQuotes(position, quoted);
            }
            // Most words hold at most three separators: writing three without asking is cheaper than a loop that guesses wrong.
            separators[count] = position + (Long.numberOfTrailingZeros(marks) >>> 3);
            marks &= marks - 1;
            separators[count + 1] = position + (Long.numberOfTrailingZeros(marks) >>> 3);
            marks &= marks - 1;
            separators[count + 2] = position + (Long.numberOfTrailingZeros(marks) >>> 3);
            marks &= marks - 1;
            for (count += 3; marks != 0; marks &= marks - 1) {
                separators[count++] = position + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
    }

    /// 0x80 in every byte that was zero, exactly.
    private static long equal(long difference) {
        return ~((difference & SEVENS) + SEVENS | difference | SEVENS);
    }

    private void addLines(int count, long marks, long ends) {
        if (lineCount + 8 > lineEnds.length) {
            lineEnds = Arrays.copyOf(lineEnds, lineEnds.length * 2);
        }
        for (long rest = ends; rest != 0; rest &= rest - 1) {
            lineEnds[lineCount++] = count + Long.bitCount(marks & (rest & -rest) - 1);
        }
    }

    private void addQuotes(int position, long quoted) {
        if (quoteCount + 8 > quotes.length) {
            quotes = Arrays.copyOf(quotes, quotes.length * 2);
        }
        for (long rest = quoted; rest != 0; rest &= rest - 1) {
            quotes[quoteCount++] = position + (Long.numberOfTrailingZeros(rest) >>> 3);
        }
    }
}
