package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;

/// The buffers of one of our contenders on one backend; they are closed with it.
public final class Operands {

    private final Backend backend;
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<Runnable> closings = new ArrayList<>();

    private Operands(Backend backend) {
        this.backend = backend;
    }

    /// Makes a contender; if that fails, no buffer is left open.
    public static Contender contender(Backend backend, Function<Operands, Contender> make) {
        Operands operands = new Operands(backend);
        try {
            return make.apply(operands);
        } catch (RuntimeException | Error e) {
            operands.close();
            throw e;
        }
    }

    public Backend backend() {
        return backend;
    }

    /// The contender that does `work`, which writes `outputs`; its sum is over them.
    public Contender running(Runnable work, Buffer... outputs) {
        return running(work, () -> Arrays.stream(outputs).mapToDouble(Operands::magnitude).sum());
    }

    /// The contender that does `work`.
    ///
    /// @param sum of the last run's output
    public Contender running(Runnable work, DoubleSupplier sum) {
        return running(() -> { }, work, sum);
    }

    /// The contender that does `work`, each time on what `prepare` has made ready.
    public Contender running(Runnable prepare, Runnable work, DoubleSupplier sum) {
        return new Contender() {
            @Override
            public void prepare() {
                prepare.run();
            }

            @Override
            public void run() {
                work.run();
            }

            @Override
            public double sum() {
                return sum.getAsDouble();
            }

            @Override
            public void close() {
                Operands.this.close();
            }
        };
    }

    /// Uniform in [from, to), the same for the same seed.
    public static float[] uniform(long seed, int n, double from, double to) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (from + (to - from) * random.nextDouble());
        }
        return values;
    }

    /// Uniform in [from, to), another seed for each buffer.
    public Buffer floats(int n, double from, double to) {
        return floats(uniform(buffers.size(), n, from, to));
    }

    public Buffer floats(float[] values) {
        return copy(ElementType.F32, MemorySegment.ofArray(values));
    }

    /// A buffer with a copy of these bytes.
    public Buffer copy(ElementType type, MemorySegment values) {
        Buffer buffer = allocate(type, values.byteSize() / type.bytes());
        buffer.upload(values);
        return buffer;
    }

    /// A buffer over memory off the heap: that memory itself where the backend can address it.
    public Buffer load(ElementType type, MemorySegment values) {
        return kept(backend.load(type, values));
    }

    public Buffer allocate(ElementType type, long n) {
        return kept(backend.allocate(type, n));
    }

    /// Takes a buffer over, to close it with the others.
    public Buffer kept(Buffer buffer) {
        buffers.add(buffer);
        return buffer;
    }

    /// What is done at the end, before the buffers are closed.
    public void atClose(Runnable closing) {
        closings.add(closing);
    }

    private void close() {
        closings.forEach(Runnable::run);
        closings.clear();
        buffers.forEach(Buffer::close);
        buffers.clear();
    }

    /// Sum of the absolute values of a buffer's elements, NaN left out; 64-bit integers as shares of their range.
    public static double magnitude(Buffer buffer) {
        byte[] bytes = new byte[Math.toIntExact(buffer.byteSize())];
        MemorySegment host = MemorySegment.ofArray(bytes);
        buffer.download(host);
        double sum = 0;
        for (long i = 0; i < buffer.length(); i++) {
            double value = element(buffer.type(), host, i);
            sum += Double.isNaN(value) ? 0 : Math.abs(value);
        }
        return sum;
    }

    private static double element(ElementType type, MemorySegment host, long i) {
        return switch (type) {
            case F32 -> host.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i);
            case F64 -> host.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8 * i);
            case BF16 -> Float.intBitsToFloat(host.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i) << 16);
            case S8 -> host.get(ValueLayout.JAVA_BYTE, i);
            case U8 -> Byte.toUnsignedInt(host.get(ValueLayout.JAVA_BYTE, i));
            case S16 -> host.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i);
            case U16 -> Short.toUnsignedInt(host.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i));
            case S32 -> host.get(ValueLayout.JAVA_INT_UNALIGNED, 4 * i);
            case U32 -> Integer.toUnsignedLong(host.get(ValueLayout.JAVA_INT_UNALIGNED, 4 * i));
            case S64 -> host.get(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i) * 0x1p-63;
            case U64 -> (host.get(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i) >>> 11) * 0x1p-53;
        };
    }
}
