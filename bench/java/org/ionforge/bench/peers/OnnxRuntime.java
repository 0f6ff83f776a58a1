package org.ionforge.bench.peers;

import ai.onnxruntime.OrtEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.ionforge.bench.Contender;
import org.ionforge.bench.IntegerPass;
import org.ionforge.bench.Peer;
import org.ionforge.bench.Workload;

/// ONNX Runtime's CPU provider.
final class OnnxRuntime implements Peer {

    private final OnnxIntegerPass.Products products;
    private int threads = 1;

    /// @param products of the networks that it runs
    OnnxRuntime(OnnxIntegerPass.Products products) {
        this.products = products;
    }

    @Override
    public String name() {
        return "ONNX Runtime " + products;
    }

    @Override
    public String backend() {
        return "cpu";
    }

    /// The process's one, without telemetry: that would send Microsoft events about every session, and before that take the whole command
    /// line to a regular expression, whose recursion overflows the stack where a class path is long.
    static OrtEnvironment environment() {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) linker.downcallHandle(linker.defaultLookup().findOrThrow("setenv"), FunctionDescriptor.of(ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                    .invokeExact(arena.allocateFrom("ORT_DISABLE_TELEMETRY"), arena.allocateFrom("1"), 1);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
        return OrtEnvironment.getEnvironment();
    }

    /// Of sessions that are made from now on.
    @Override
    public void setThreads(int number) {
        threads = number;
    }

    /// Of its integer operators, those of INT8 weights can do the network's products.
    @Override
    public Optional<Contender> contender(Workload workload) {
        return workload instanceof IntegerPass pass && (products == OnnxIntegerPass.Products.FP32 || pass.scheme().bits() == Byte.SIZE)
                ? Optional.of(new OnnxIntegerPass(pass, products, threads)) : Optional.empty();
    }
}
