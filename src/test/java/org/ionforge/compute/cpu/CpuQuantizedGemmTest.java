package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.QuantizedGemmArguments;
import org.ionforge.compute.Untouched;
import org.junit.jupiter.api.Test;

class CpuQuantizedGemmTest extends ThreadCountCase {

    /// Shapes that are cut by rows, by columns, by both, and not at all.
    @Test
    void sameSumsForAnyNumberOfThreads() {
        for (int[] shape : new int[][] {{3, 50, 40}, {40, 900, 700}, {1000, 300, 70}, {2000, 500, 9}, {300, 2000, 800}}) {
            ionforge_cpu_h.ionforge_cpu_set_threads(1);
            int[] alone = sums(shape[0], shape[1], shape[2]);
            for (int count : new int[] {2, 3, 8}) {
                ionforge_cpu_h.ionforge_cpu_set_threads(count);
                assertArrayEquals(alone, sums(shape[0], shape[1], shape[2]), count + " threads");
            }
        }
    }

    private int[] sums(int rows, int inputs, int outputs) {
        Random random = new Random(rows);
        byte[] left = new byte[rows * inputs];
        byte[] right = new byte[outputs * inputs];
        random.nextBytes(left);
        random.nextBytes(right);
        try (Buffer activations = bytes(left); Buffer codes = bytes(right); Buffer out = backend.allocate(ElementType.S32, rows * outputs);
             PackedWeights weights = backend.quantizedGemm().pack(Format.INT8, codes, outputs, inputs)) {
            backend.quantizedGemm().multiply(activations, rows, weights, new QuantizedGemm.Sums(out));
            return out.host().toArray(ValueLayout.JAVA_INT);
        }
    }

    private Buffer bytes(byte[] values) {
        Buffer buffer = backend.allocate(ElementType.S8, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    /// Rows on both sides of the 2³¹st byte, in memory that nobody has written to but for four codes: it takes no room.
    @Test
    void activationsPastTwoToThe31Bytes() {
        int inputs = 1 << 16;
        int rows = (1 << 15) + 2;
        long last = ((long) rows - 1) * inputs;
        try (Untouched pages = new Untouched((long) rows * inputs); Buffer activations = backend.load(ElementType.S8, pages.memory());
             Buffer codes = backend.allocate(ElementType.S8, inputs); Buffer out = backend.allocate(ElementType.S32, rows)) {
            MemorySegment memory = pages.memory();
            codes.fill((byte) 3);
            memory.set(ValueLayout.JAVA_BYTE, 5, (byte) 2);
            memory.set(ValueLayout.JAVA_BYTE, Integer.MAX_VALUE, (byte) 7);
            memory.set(ValueLayout.JAVA_BYTE, 1L << 31, (byte) -11);
            memory.set(ValueLayout.JAVA_BYTE, last + inputs - 1, (byte) 13);
            try (PackedWeights weights = backend.quantizedGemm().pack(Format.INT8, codes, 1, inputs)) {
                backend.quantizedGemm().multiply(activations, rows, weights, new QuantizedGemm.Sums(out));
            }
            int[] expected = new int[rows];
            expected[0] = 6;
            expected[(1 << 15) - 1] = 21;
            expected[1 << 15] = -33;
            expected[rows - 1] = 39;
            assertArrayEquals(expected, out.host().toArray(ValueLayout.JAVA_INT));
        }
    }

    /// Operands that end where memory ends: reading on would end this process.
    @Test
    void readsNothingPastItsOperands() {
        long page = 1 << 16;
        try (Untouched pages = new Untouched(2 * page)) {
            pages.forbidFrom(page);
            MemorySegment usable = pages.memory().asSlice(0, page).fill((byte) 1);
            for (int inputs : new int[] {1, 15, 16, 17, 31, 33, 64, 100, 127, 259}) {
                for (int outputs : new int[] {1, 10, 12, 13, 33, 64, 65}) {
                    for (Format format : Format.values()) {
                        byte code = (byte) (format == Format.INT8 ? 1 : format == Format.INT4 ? 0x11 : 0x55);
                        for (ElementType kind : new ElementType[] {ElementType.S8, ElementType.U8, ElementType.U32}) {
                            onesAtTheEnd(usable, kind, format, code, inputs, outputs);
                        }
                    }
                }
            }
        }
    }

    private void onesAtTheEnd(MemorySegment usable, ElementType kind, Format format, byte code, int inputs, int outputs) {
        int rows = 3;
        long left = rows * QuantizedGemmArguments.rowElements(kind, inputs) * kind.bytes();
        long right = outputs * format.rowBytes(inputs);
        MemorySegment codes = usable.asSlice(usable.byteSize() - right).fill(code);
        try (Buffer canonical = backend.load(format.element(), codes);
             PackedWeights weights = backend.quantizedGemm().pack(format, canonical, outputs, inputs);
             Buffer out = backend.allocate(ElementType.S32, rows * outputs)) {
            MemorySegment ones = usable.asSlice(usable.byteSize() - left).fill((byte) (kind == ElementType.U32 ? -1 : 1));
            try (Buffer activations = backend.load(kind, ones)) {
                backend.quantizedGemm().multiply(activations, rows, weights, new QuantizedGemm.Sums(out));
            }
            for (int sum : out.host().toArray(ValueLayout.JAVA_INT)) {
                assertEquals(inputs, sum, inputs + " inputs, " + outputs + " outputs, " + kind + " by " + format);
            }
        }
    }
}
