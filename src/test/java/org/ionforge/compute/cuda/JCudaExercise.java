package org.ionforge.compute.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.GatedMlpTraining;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.Precision;
import org.ionforge.compute.QuantizedGemm;

/// What the conformance tests do not ask of the CUDA room: transfers longer than the pinned ring, graphs, a training step that is
/// one of them, tensor maps on a Hopper, running out of memory, refusals, work from another thread. A program of its own, since the driver
/// is chosen when the process starts.
final class JCudaExercise {

    private JCudaExercise() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (Backend backend = Backends.named("cuda"); Arena arena = Arena.ofShared()) {
            longTransfers(backend, arena);
            graphs(((CudaBackend) backend).device());
            aTrainingStepIsOneGraph(backend);
            if (((CudaBackend) backend).device().capability().major() == 9) {
                boxesOfTensorMaps(backend);
            }
            refusals(backend);
            Thread other = new Thread(() -> longTransfers(backend, arena));
            other.start();
            other.join();
            expect(backend.liveBuffers() == 0 && ((CudaBackend) backend).device().liveAllocations() == 0, "nothing left");
        }
        try (Backend again = Backends.named("cuda")) {
            expect(again.name().equals("cuda"), "opens again after close");
        }
        System.out.println("done");
    }

    /// 50 MB and an odd rest, twice in a row, so that every slot of the ring is used again while work is pending.
    private static void longTransfers(Backend backend, Arena arena) {
        long n = 12_500_001;
        MemorySegment host = arena.allocate(ValueLayout.JAVA_INT, n);
        for (long i = 0; i < n; i++) {
            host.setAtIndex(ValueLayout.JAVA_INT, i, (int) (i * 2654435761L));
        }
        MemorySegment back = arena.allocate(ValueLayout.JAVA_INT, n);
        try (Buffer first = backend.load(ElementType.S32, host); Buffer second = backend.load(ElementType.S32, host.asSlice(0, 4 * (n - 1)))) {
            first.download(back);
            expect(host.mismatch(back) == -1, "first transfer");
            second.fill((byte) 7);
            second.upload(host.asSlice(0, 40), n - 11);
            second.download(back.asSlice(0, 4 * (n - 1)));
            expect(back.getAtIndex(ValueLayout.JAVA_INT, n - 12) == 0x07070707, "fill");
            expect(MemorySegment.mismatch(host, 0, 40, back, 4 * (n - 11), 4 * (n - 1)) == -1, "partial upload");
        }
    }

    private static void graphs(Device device) {
        long source = device.allocate(4096);
        long target = device.allocate(4096);
        byte[] read = new byte[4096];
        LaunchGraph graph = device.capture(() -> {
            device.copy(source, target, 4096);
            device.fill(source, (byte) 9, 4096);
            expectRefused(IllegalStateException.class, () -> device.upload(MemorySegment.ofArray(read), source));
            expectRefused(IllegalStateException.class, () -> device.allocate(1));
        });
        device.fill(source, (byte) 1, 4096);
        device.fill(target, (byte) 0, 4096);
        device.download(target, MemorySegment.ofArray(read));
        expect(read[4095] == 0, "recorded, not done");
        graph.replay();
        device.download(target, MemorySegment.ofArray(read));
        expect(read[0] == 1 && read[4095] == 1, "first replay");
        graph.replay();
        device.download(target, MemorySegment.ofArray(read));
        expect(read[0] == 9, "second replay");
        graph.close();
        graph.close();
        expectRefused(IllegalStateException.class, graph::replay);
        device.free(source);
        device.free(target);
        expectRefused(IllegalStateException.class, () -> device.free(target));
    }

    /// Neither a launch of its own, nor a transfer, nor a wait: the host only says go.
    private static void aTrainingStepIsOneGraph(Backend backend) {
        GatedMlpShape shape = new GatedMlpShape(7, 5, 37, 29, 17, 11, 3, 6, 2);
        int parameters = shape.parameters();
        float[] features = new float[100 * 7];
        float[] ones = new float[100];
        int[] order = new int[100];
        for (int i = 0; i < features.length; i++) {
            features[i] = i % 13 * 0.1f;
            ones[i / 7] = 1;
            order[i / 7] = 99 - i / 7;
        }
        try (Buffer p = of(backend, new float[parameters]); Buffer g = of(backend, new float[parameters]);
                Buffer m = of(backend, new float[parameters]); Buffer v = of(backend, new float[parameters]); Buffer x = of(backend, features);
                Buffer y = of(backend, ones); Buffer w = of(backend, ones); Buffer rows = backend.allocate(ElementType.S32, 100)) {
            rows.upload(MemorySegment.ofArray(order));
            try (GatedMlpTraining training = backend.gatedMlp(Precision.BF16).training(new GatedMlpTraining.Setup(shape, p, g, m, v, x, y, w, rows,
                    20, new GatedMlp.LossOptions(0.7f, 0.05f), AdamW.Options.DEFAULT))) {
                training.begin(0, 0, List.of(new AdamW.Group(0, parameters, 1e-2f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY)));
                for (int step = 1; step <= 5; step++) {
                    long[] before = asked();
                    training.step();
                    long[] after = asked();
                    expect(after[0] == before[0] + 1 && after[1] == before[1] && after[2] == before[2], "step " + step + " asked for "
                            + (after[0] - before[0]) + " graphs, " + (after[1] - before[1]) + " pieces of work and " + (after[2] - before[2]) + " waits");
                }
                expect(training.collect().size() == 5, "steps were done");
            }
        }
    }

    /// A product whose kernel takes the driver's tensor maps, asked for and recorded: 300 × 272 by 272 × 40, rows that are chunks as they
    /// are, and the sums that plain Java makes.
    private static void boxesOfTensorMaps(Backend backend) {
        int rows = 300;
        int inputs = 272;
        int outputs = 40;
        byte[] activations = new byte[rows * inputs];
        byte[] codes = new byte[outputs * inputs];
        new Random(1).nextBytes(activations);
        new Random(2).nextBytes(codes);
        int[] expected = new int[rows * outputs];
        for (int at = 0; at < expected.length; at++) {
            for (int k = 0; k < inputs; k++) {
                expected[at] += activations[at / outputs * inputs + k] * codes[at % outputs * inputs + k];
            }
        }
        CudaQuantizedGemm gemm = (CudaQuantizedGemm) backend.quantizedGemm();
        try (Buffer a = backend.load(ElementType.S8, MemorySegment.ofArray(activations));
                Buffer q = backend.load(ElementType.S8, MemorySegment.ofArray(codes));
                PackedWeights weights = gemm.pack(QuantizedGemm.Format.INT8, q, outputs, inputs);
                Buffer out = backend.allocate(ElementType.S32, expected.length);
                LaunchGraph graph = ((CudaBackend) backend).device().capture(
                        () -> gemm.multiply(GemmTile.WARPGROUP, a, rows, weights, new QuantizedGemm.Sums(out)))) {
            int[] sums = new int[expected.length];
            gemm.multiply(GemmTile.WARPGROUP, a, rows, weights, new QuantizedGemm.Sums(out));
            out.download(MemorySegment.ofArray(sums));
            expect(Arrays.equals(expected, sums), "a product by boxes");
            out.fill((byte) 0);
            graph.replay();
            out.download(MemorySegment.ofArray(sums));
            expect(Arrays.equals(expected, sums), "the same recorded");
        }
    }

    private static Buffer of(Backend backend, float[] values) {
        Buffer buffer = backend.allocate(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    /// Graphs, other work and waits that the emulated driver was asked for.
    private static long[] asked() {
        try {
            MemorySegment counts = (MemorySegment) Linker.nativeLinker().downcallHandle(
                    SymbolLookup.libraryLookup("libcuda.so.1", Arena.global()).findOrThrow("emulated_driver_asked"),
                    FunctionDescriptor.of(ValueLayout.ADDRESS)).invokeExact();
            return counts.reinterpret(3 * Long.BYTES).toArray(ValueLayout.JAVA_LONG);
        } catch (Throwable e) {
            throw new AssertionError("emulated_driver_asked", e);
        }
    }

    private static void refusals(Backend backend) {
        Device device = ((CudaBackend) backend).device();
        expectRefused(IllegalArgumentException.class, () -> device.launch("no_such_kernel", Grid.of(1, 32)));
        expectRefused(OutOfMemoryError.class, () -> backend.allocate(ElementType.F64, 1L << 40));
        try (Buffer buffer = backend.allocate(ElementType.F32, 4)) {
            expectRefused(UnsupportedOperationException.class, buffer::host);
            expectRefused(IndexOutOfBoundsException.class, () -> buffer.upload(MemorySegment.ofArray(new float[5])));
        }
    }

    private static void expectRefused(Class<? extends Throwable> kind, Runnable what) {
        try {
            what.run();
        } catch (RuntimeException | Error e) {
            expect(kind.isInstance(e), "refused with " + e);
            return;
        }
        throw new AssertionError("not refused with " + kind.getSimpleName());
    }

    private static void expect(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
