package org.ionforge.bench.peers;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.engine;
import org.bytedeco.javacpp.Loader;
import org.ionforge.bench.Contender;
import org.ionforge.bench.Peer;
import org.ionforge.bench.QuantizedProduct;
import org.ionforge.bench.Workload;
import org.ionforge.bindings.NativeLibrary;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.QuantizedGemm;

/// oneDNN on the CPU, as bytedeco's presets bring it: built with GNU OpenMP.
final class OneDnn implements Peer {

    @Override
    public String name() {
        return "oneDNN";
    }

    @Override
    public String backend() {
        return "cpu";
    }

    @Override
    public void setThreads(int threads) {
        Loader.load(engine.class);
        NativeLibrary openMp = NativeLibrary.firstOf(List.of("libgomp.so.1"));  // the one just loaded
        try {
            openMp.handle("omp_set_num_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)).invokeExact(threads);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// Its integer products are of S8 or U8 by S8.
    @Override
    public Optional<Contender> contender(Workload workload) {
        return workload instanceof QuantizedProduct product && product.format() == QuantizedGemm.Format.INT8
                && product.activations() != ElementType.U32 && product.result() == QuantizedProduct.Result.SUMS
                ? Optional.of(new OneDnnProduct(product)) : Optional.empty();
    }
}
