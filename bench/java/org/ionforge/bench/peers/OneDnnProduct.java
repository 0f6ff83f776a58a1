package org.ionforge.bench.peers;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.ionforge.bench.Contender;
import org.ionforge.bench.QuantizedProduct;
import org.ionforge.compute.ElementType;

/// A [QuantizedProduct] as oneDNN's matmul. The weights are in the format that it asks for, reordered before the clock starts.
final class OneDnnProduct implements Contender {

    /// What native code holds an address of; closed in the end, last first.
    private final Deque<Pointer> kept = new ArrayDeque<>();
    private final stream stream;
    private final matmul product;
    private final IntMemoryMap operands;
    private final IntPointer sums;
    private final long results;

    OneDnnProduct(QuantizedProduct workload) {
        long rows = workload.rows();
        long inputs = workload.inputs();
        long outputs = workload.outputs();
        results = rows * outputs;
        engine cpu = kept(new engine(engine.kind.cpu, 0));
        stream = kept(new stream(cpu));
        memory.data_type left = workload.activations() == ElementType.U8 ? memory.data_type.u8 : memory.data_type.s8;
        memory.desc source = kept(described(rows, inputs, left, memory.format_tag.ab));
        memory.desc any = kept(described(inputs, outputs, memory.data_type.s8, memory.format_tag.any));
        memory.desc target = kept(described(rows, outputs, memory.data_type.s32, memory.format_tag.ab));
        matmul.primitive_desc plan = kept(new matmul.primitive_desc(cpu, source, any, target));
        memory weights = kept(new memory(plan.weights_desc(), cpu));
        reorder(cpu, workload, weights);
        memory activations = kept(new memory(source, cpu, kept(new BytePointer(workload.left()))));
        sums = kept(new IntPointer(results));
        memory out = kept(new memory(target, cpu, sums));
        product = kept(new matmul(plan));
        operands = kept(new IntMemoryMap()).put(dnnl.DNNL_ARG_SRC, activations).put(dnnl.DNNL_ARG_WEIGHTS, weights)
                .put(dnnl.DNNL_ARG_DST, out);
    }

    private <P extends Pointer> P kept(P pointer) {
        kept.push(pointer);
        return pointer;
    }

    private void reorder(engine cpu, QuantizedProduct workload, memory weights) {
        try (BytePointer codes = new BytePointer(workload.codes());
             memory.desc rowMajor = described(workload.inputs(), workload.outputs(), memory.data_type.s8, memory.format_tag.ba);
             memory canonical = new memory(rowMajor, cpu, codes); reorder reorder = new reorder(canonical, weights);
             IntMemoryMap both = new IntMemoryMap()) {
            reorder.execute(stream, both.put(dnnl.DNNL_ARG_SRC, canonical).put(dnnl.DNNL_ARG_DST, weights));
            stream._wait();
        }
    }

    private static memory.desc described(long rows, long columns, memory.data_type type, memory.format_tag tag) {
        return new memory.desc(new long[] {rows, columns}, type, tag);
    }

    @Override
    public void run() {
        product.execute(stream, operands);
        stream._wait();
    }

    @Override
    public double sum() {
        double sum = 0;
        for (long i = 0; i < results; i++) {
            sum += Math.abs((double) sums.get(i));
        }
        return sum;
    }

    @Override
    public void close() {
        kept.forEach(Pointer::close);
    }
}
