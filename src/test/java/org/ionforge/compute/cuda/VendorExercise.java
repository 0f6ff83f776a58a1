package org.ionforge.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.GatedMlpTraining;
import org.ionforge.compute.Precision;
import org.ionforge.compute.cuda.vendor.MatrixProduct;
import org.ionforge.compute.cuda.vendor.VendorLibraries;
import org.ionforge.compute.cuda.vendor.VendorLibrary;

/// NVIDIA's libraries, or what stands in for them, on whatever answers as a driver: every product that each can do, the choice among
/// them, and a training whose gradients they multiply. A program of its own, since libraries are found when the process starts.
final class VendorExercise {

    /// m, n, k; the last has rows of no whole number of 16 bytes.
    private static final int[][] SHAPES = {{16, 32, 64}, {1, 4, 128}, {48, 16, 4}, {5, 7, 3}};
    private static final GatedMlpShape SHAPE = new GatedMlpShape(7, 5, 37, 29, 17, 11, 3, 6, 2);
    private static final int ROWS = 60;

    private VendorExercise() {
    }

    /// @param names the libraries that have to be there
    public static void main(String[] names) {
        for (VendorLibraries.Status status : VendorLibraries.all()) {
            System.out.println(status.name() + ": " + status.detail());
        }
        try (JCudaDevice gpu = JCudaDevice.open()) {
            List<VendorLibrary> libraries = VendorLibraries.open(gpu);
            expect(libraries.stream().map(VendorLibrary::name).toList().equals(List.of(names)), "open: " + libraries);
            libraries.forEach(library -> products(gpu, library));
            libraries.forEach(VendorLibrary::close);
            libraries.forEach(VendorLibrary::close);
            expect(gpu.liveAllocations() == 0, "allocations left by a library");
            if (names.length > 0) {
                choices(gpu, names[0]);
            }
            for (String name : names) {
                trainings(gpu, name);
            }
        }
        try (EmulatedDevice emulator = EmulatedDevice.open(Schedule.FORWARD); ProductProviders none = new ProductProviders(emulator, "cuBLASLt")) {
            expect(none.fasterAt(product(MatrixProduct.Type.FP32, 16), () -> { }).isEmpty(), "the emulator has no libraries");
        }
        System.out.println("done");
    }

    private static void products(JCudaDevice gpu, VendorLibrary library) {
        List<String> done = new ArrayList<>();
        for (MatrixProduct.Type type : MatrixProduct.Type.values()) {
            for (MatrixProduct.Form form : MatrixProduct.Form.values()) {
                for (int[] shape : SHAPES) {
                    MatrixProduct product = new MatrixProduct(type, form, shape[0], shape[1], shape[2]);
                    if (library.can(product)) {
                        multiply(gpu, library, product);
                        done.add(product.toString());
                    }
                }
            }
        }
        System.out.println(library.name() + " did " + String.join(", ", done));
    }

    /// Small whole numbers: exact in every format, in any order.
    private static void multiply(JCudaDevice gpu, VendorLibrary library, MatrixProduct product) {
        boolean rows = product.form() == MatrixProduct.Form.ROWS_BY_ROWS;
        SplittableRandom random = new SplittableRandom(product.hashCode());
        int[] a = IntStream.range(0, product.m() * product.k()).map(_ -> random.nextInt(-5, 6)).toArray();
        int[] b = IntStream.range(0, product.n() * product.k()).map(_ -> random.nextInt(-5, 6)).toArray();
        long left = uploaded(gpu, product.type(), a);
        long right = uploaded(gpu, product.type(), b);
        long out = gpu.allocate(product.cBytes());
        try (LaunchGraph graph = gpu.capture(() -> library.multiply(product, left, right, out))) {
            for (int run = 0; run < 3; run++) {
                gpu.fill(out, (byte) 0x7f, product.cBytes());
                if (run == 0) {
                    library.multiply(product, left, right, out);
                } else {
                    graph.replay();
                }
                double[] c = downloaded(gpu, product, out);
                for (int i = 0; i < c.length; i++) {
                    int row = i / product.n();
                    int column = i % product.n();
                    int expected = 0;
                    for (int k = 0; k < product.k(); k++) {
                        expected += rows ? a[row * product.k() + k] * b[column * product.k() + k] : a[k * product.m() + row] * b[k * product.n() + column];
                    }
                    expect(c[i] == expected, library.name() + ", " + product + ", run " + run + ": " + c[i] + " at " + i + " instead of " + expected);
                }
            }
        }
        gpu.free(left);
        gpu.free(right);
        gpu.free(out);
    }

    private static long uploaded(JCudaDevice gpu, MatrixProduct.Type type, int[] values) {
        MemorySegment host = switch (type) {
            case FP32, TF32 -> {
                float[] floats = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    floats[i] = values[i];
                }
                yield MemorySegment.ofArray(floats);
            }
            case BF16 -> {
                short[] halves = new short[values.length];
                for (int i = 0; i < values.length; i++) {
                    halves[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
                }
                yield MemorySegment.ofArray(halves);
            }
            case INT8 -> {
                byte[] bytes = new byte[values.length];
                for (int i = 0; i < values.length; i++) {
                    bytes[i] = (byte) values[i];
                }
                yield MemorySegment.ofArray(bytes);
            }
        };
        long address = gpu.allocate(host.byteSize());
        gpu.upload(host, address);
        return address;
    }

    private static double[] downloaded(JCudaDevice gpu, MatrixProduct product, long address) {
        int n = product.m() * product.n();
        if (product.type() == MatrixProduct.Type.INT8) {
            int[] sums = new int[n];
            gpu.download(address, MemorySegment.ofArray(sums));
            return Arrays.stream(sums).asDoubleStream().toArray();
        }
        float[] sums = new float[n];
        gpu.download(address, MemorySegment.ofArray(sums));
        return IntStream.range(0, n).mapToDouble(i -> sums[i]).toArray();
    }

    private static MatrixProduct product(MatrixProduct.Type type, int m) {
        return new MatrixProduct(type, MatrixProduct.Form.COLUMNS_BY_COLUMNS, m, 16, 32);
    }

    /// Measured once, remembered by the next process; ours where it is faster; a library or none where that is asked for.
    private static void choices(JCudaDevice gpu, String name) {
        MatrixProduct slow = product(MatrixProduct.Type.FP32, 16);
        MatrixProduct quick = product(MatrixProduct.Type.FP32, 32);
        try (ProductProviders first = new ProductProviders(gpu, "auto")) {
            expect(first.fasterAt(slow, VendorExercise::rest).isPresent(), "a library is faster than a rest");
            expect(first.fasterAt(quick, () -> { }).isEmpty(), "nothing is faster than nothing");
        }
        Runnable forbidden = () -> {
            throw new AssertionError("measured again");
        };
        try (ProductProviders again = new ProductProviders(gpu, "auto")) {
            expect(again.fasterAt(slow, forbidden).isPresent() && again.fasterAt(quick, forbidden).isEmpty(), "remembered");
        }
        try (ProductProviders own = new ProductProviders(gpu, "own")) {
            expect(own.fasterAt(slow, forbidden).isEmpty(), "own kernels were asked for");
        }
        try (ProductProviders one = new ProductProviders(gpu, name.toLowerCase(Locale.ROOT))) {
            expect(one.fasterAt(quick, forbidden).map(VendorLibrary::name).equals(Optional.of(name)), name + " was asked for");
        }
        expect(gpu.liveAllocations() == 0, "allocations left by a measurement");
    }

    private static void rest() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Three steps with gradients by a library come to what they come to by our kernels.
    private static void trainings(JCudaDevice gpu, String name) {
        for (Precision precision : Precision.values()) {
            float[] ours = trained(gpu, precision, "own");
            float[] theirs = trained(gpu, precision, name);
            boolean does = !name.equals("cuDNN") || precision != Precision.BF16;
            expect(does != Arrays.equals(ours, theirs), name + " in " + precision + (does ? " changes no bit: it was not used" : " was used"));
            for (int i = 0; i < ours.length; i++) {
                expect(Math.abs(ours[i] - theirs[i]) <= 2e-5 * Math.max(1, Math.abs(ours[i])), name + " in " + precision + ", parameter " + i + ": "
                        + theirs[i] + " instead of " + ours[i]);
            }
        }
        System.out.println(name + " trained");
    }

    /// Gradients after the first step, and parameters after the third; the last batch is a short one.
    private static float[] trained(JCudaDevice gpu, Precision precision, String provider) {
        List<DeviceBuffer> open = new ArrayList<>();
        AtomicInteger live = new AtomicInteger();
        SplittableRandom random = new SplittableRandom(3);
        int n = SHAPE.parameters();
        DeviceBuffer parameters = buffer(gpu, live, open, ElementType.F32, MemorySegment.ofArray(uniform(random, n)));
        DeviceBuffer gradients = buffer(gpu, live, open, ElementType.F32, MemorySegment.ofArray(new float[n]));
        Buffer m = buffer(gpu, live, open, ElementType.F32, MemorySegment.ofArray(new float[n]));
        Buffer v = buffer(gpu, live, open, ElementType.F32, MemorySegment.ofArray(new float[n]));
        Buffer features = buffer(gpu, live, open, ElementType.F32, MemorySegment.ofArray(uniform(random, ROWS * SHAPE.inputs())));
        Buffer targets = buffer(gpu, live, open, ElementType.F32, MemorySegment.ofArray(uniform(random, ROWS)));
        float[] ones = new float[ROWS];
        Arrays.fill(ones, 1);
        Buffer weights = buffer(gpu, live, open, ElementType.F32, MemorySegment.ofArray(ones));
        Buffer order = buffer(gpu, live, open, ElementType.S32, MemorySegment.ofArray(IntStream.range(0, ROWS).toArray()));
        float[] result = new float[2 * n];
        try (ProductProviders providers = new ProductProviders(gpu, provider); DeviceScratch scratch = new DeviceScratch(gpu);
             GatedMlpTraining training = new CudaGatedMlp(gpu, scratch, precision, providers).training(new GatedMlpTraining.Setup(SHAPE, parameters,
                     gradients, m, v, features, targets, weights, order, 24, new GatedMlp.LossOptions(1, 0.01f), AdamW.Options.DEFAULT))) {
            training.begin(0, 0, List.of(new AdamW.Group(0, n, 1e-4f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY)));
            training.step();
            training.collect();
            gradients.download(MemorySegment.ofArray(result).asSlice(0, 4L * n));
            training.step();
            training.step();
            training.collect();
            parameters.download(MemorySegment.ofArray(result).asSlice(4L * n, 4L * n));
        }
        open.forEach(DeviceBuffer::close);
        expect(live.get() == 0 && gpu.liveAllocations() == 0, "buffers left by a training");
        return result;
    }

    private static DeviceBuffer buffer(JCudaDevice gpu, AtomicInteger live, List<DeviceBuffer> open, ElementType type,
                                       MemorySegment values) {
        DeviceBuffer buffer = new DeviceBuffer(gpu, live, type, values.byteSize() / type.bytes());
        buffer.upload(values);
        open.add(buffer);
        return buffer;
    }

    private static float[] uniform(SplittableRandom random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(-0.5, 0.5);
        }
        return values;
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
