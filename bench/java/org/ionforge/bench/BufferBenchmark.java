package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;

/// Copies between host and backend. The heap side is a Java array, which the driver cannot address: a device copy goes through
/// pinned memory.
final class BufferBenchmark implements Benchmark {

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        int n = size == Size.SMALL ? 1000 : 1 << 22;
        return List.of(
                Workload.of("buffer.upload", n + " F32", Cost.bytes(8L * n), operands -> {
                    MemorySegment host = MemorySegment.ofArray(Operands.uniform(1, n, -1, 1));
                    Buffer buffer = operands.allocate(ElementType.F32, n);
                    return operands.running(() -> buffer.upload(host), buffer);
                }),
                Workload.of("buffer.download", n + " F32", Cost.bytes(8L * n), operands -> {
                    MemorySegment host = MemorySegment.ofArray(new float[n]);
                    Buffer buffer = operands.floats(n, -1, 1);
                    return operands.running(() -> buffer.download(host), buffer);
                }));
    }
}
