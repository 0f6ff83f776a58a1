package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemm.Format;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CpuQuantizedGemmTest {

    private CpuBackend backend;
    private int threads;

    @BeforeEach
    void open() {
        assumeTrue(ionforge_cpu_h.isAvailable(), ionforge_cpu_h.LIBRARY + " was not built");
        backend = new CpuBackend();
        threads = ionforge_cpu_h.ionforge_cpu_threads();
    }

    @AfterEach
    void restore() {
        if (backend != null) {
            ionforge_cpu_h.ionforge_cpu_set_threads(threads);
            assertEquals(0, backend.liveBuffers());
            backend.close();
        }
    }

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
    void activationsPastTwoToThe31Bytes() throws Throwable {
        int inputs = 1 << 16;
        int rows = (1 << 15) + 2;
        long last = ((long) rows - 1) * inputs;
        MemorySegment memory = Untouched.map((long) rows * inputs);
        try (Buffer activations = backend.load(ElementType.S8, memory); Buffer codes = backend.allocate(ElementType.S8, inputs);
             Buffer out = backend.allocate(ElementType.S32, rows)) {
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
        } finally {
            Untouched.unmap(memory);
        }
    }

    /// Pages that the kernel has promised and not given.
    private static final class Untouched {

        static MemorySegment map(long bytes) throws Throwable {
            int readAndWrite = 3;
            int privateAnonymousWithoutReserve = 0x4022;
            MemorySegment mapped = (MemorySegment) Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().find("mmap").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG))
                    .invokeExact(MemorySegment.NULL, bytes, readAndWrite, privateAnonymousWithoutReserve, -1, 0L);
            assertNotEquals(-1, mapped.address(), "mmap");
            return mapped.reinterpret(bytes);
        }

        static void unmap(MemorySegment mapped) throws Throwable {
            assertEquals(0, (int) Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().find("munmap").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG))
                    .invokeExact(mapped, mapped.byteSize()));
        }
    }
}
