package org.ionforge.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.FakeQuantisation.StepRule;
import org.ionforge.compute.Observers;
import org.ionforge.compute.Observers.Order;
import org.ionforge.compute.Observers.Tracking;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.RandomFill;
import org.junit.jupiter.api.Test;

/// What quantisation, norms and random fills give does not depend on the number of threads, though they choose their way by it.
class CpuQuantisationThreadsTest extends ThreadCountCase {

    private static final int N = 3 * 70_001;
    /// One tensor, three channels that stay in the cache for as many threads, and short ones that share a task.
    private static final List<Channels> LAYOUTS = List.of(Channels.tensor(N), Channels.rows(3, N / 3), Channels.rows(N / 21, 21));

    private final List<Buffer> buffers = new ArrayList<>();

    @Test
    void sameBitsForAnyNumberOfThreads() {
        ionforge_cpu_h.ionforge_cpu_set_threads(1);
        List<byte[]> one = run();
        for (int count : new int[] {2, 5}) {
            ionforge_cpu_h.ionforge_cpu_set_threads(count);
            List<byte[]> more = run();
            assertEquals(one.size(), more.size());
            for (int i = 0; i < one.size(); i++) {
                assertArrayEquals(one.get(i), more.get(i), count + " threads, output " + i);
            }
        }
    }

    /// The bytes of everything that was written.
    private List<byte[]> run() {
        Buffer x = random(1);
        Buffer gradient = random(2);
        for (Channels channels : LAYOUTS) {
            QuantisationScheme scheme = channels.count() > 1 ? QuantisationScheme.int8().perChannel() : QuantisationScheme.int8();
            Buffer state = output(ElementType.F32, 2 * channels.count());
            FakeQuantisation.Scales scales = FakeQuantisation.Scales.symmetric(output(ElementType.F32, channels.count()));
            Observers observers = backend.observers();
            observers.reset(state, channels.count());
            observers.scales(state, channels.count(), scheme, scales);
            for (Order order : Order.values()) {
                observers.observeAndQuantise(x, channels, scheme, Tracking.movingAverage(0.1f), order, state, scales,
                        FakeQuantisation.Outputs.values(output(ElementType.F32, N)));
            }
            backend.fakeQuantisation().stepGradients(x, gradient, channels, scheme, scales, StepRule.LSQ, 0.5f,
                    new FakeQuantisation.StepGradients(output(ElementType.F32, N), output(ElementType.F32, channels.count()), null));
        }
        backend.randomFill().normal(new RandomFill.Places(1, 2, 3), 0, 1, output(ElementType.F32, N), N);
        backend.gradientNorm().clip(List.of(gradient, x), 1, output(ElementType.F32, 2));
        Buffer histogram = output(ElementType.U64, Observers.BINS + 1);
        backend.observers().count(x, N, histogram);
        List<byte[]> written = buffers.stream().map(buffer -> buffer.host().toArray(ValueLayout.JAVA_BYTE)).toList();
        buffers.forEach(Buffer::close);
        buffers.clear();
        return written;
    }

    private Buffer random(long seed) {
        Random random = new Random(seed);
        float[] values = new float[N];
        for (int i = 0; i < N; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Buffer buffer = output(ElementType.F32, N);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    private Buffer output(ElementType type, long n) {
        Buffer buffer = backend.allocate(type, n);
        buffer.fill((byte) 0);
        buffers.add(buffer);
        return buffer;
    }
}
