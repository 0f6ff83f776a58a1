package org.ionforge.compute.cuda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The compiled kernels in the jar and what the compiler said about them (`kernels.json`, written by `kernels/build.sh`).
///
/// @param compiler      version of nvcc
/// @param architectures `sm_80` … with machine code, `compute_80` with PTX for what follows
/// @param fatbins       one for each file of `kernels/`
public record KernelArchive(String compiler, List<String> architectures, List<Fatbin> fatbins) {

    private static final String MANIFEST = "kernels.json";

    /// What one file of kernels became.
    ///
    /// @param file          name of the resource beside this class; the hash of sources and flags is part of it
    /// @param architectures those of the archive, or fewer where the file needs what only some have
    /// @param kernels       one entry for each kernel and architecture with machine code
    public record Fatbin(String file, List<String> architectures, List<Kernel> kernels) {

        public Fatbin {
            architectures = List.copyOf(architectures);
            kernels = List.copyOf(kernels);
        }

        boolean runsOn(ComputeCapability capability) {
            return architectures.stream().anyMatch(capability::runs);
        }

        boolean has(String kernel) {
            return kernels.stream().anyMatch(each -> each.name().equals(kernel));
        }

        byte[] read() {
            try (InputStream stream = KernelArchive.class.getResourceAsStream(file)) {
                if (stream == null) {
                    throw new IllegalStateException(MANIFEST + " names " + file + ", which is not there: build again from clean");
                }
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
    }

    /// What the compiler said about one kernel on one architecture.
    ///
    /// @param registers          per thread
    /// @param sharedBytes        static shared memory of a block
    /// @param dynamicSharedBytes the most dynamic shared memory that the kernel says it is launched with; 0 if it says nothing
    /// @param stackBytes         stack frame of a thread
    /// @param spillBytes         stores and loads of spilled registers
    /// @param maxThreads         the launch bound: most threads of a block
    public record Kernel(String name, String architecture, int registers, int sharedBytes, int dynamicSharedBytes, int stackBytes,
                         int spillBytes, int maxThreads) {
    }

    public KernelArchive {
        architectures = List.copyOf(architectures);
        fatbins = List.copyOf(fatbins);
    }

    /// The archive of this build; nothing if it was built without nvcc.
    public static Optional<KernelArchive> find() {
        try (InputStream stream = KernelArchive.class.getResourceAsStream(MANIFEST)) {
            return stream == null ? Optional.empty() : Optional.of(parse(new ObjectMapper().readTree(stream)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + MANIFEST, e);
        }
    }

    /// Every kernel on every architecture that it has machine code for.
    public List<Kernel> kernels() {
        return fatbins.stream().flatMap(each -> each.kernels().stream()).toList();
    }

    /// The fatbin with a kernel, if it has code that runs on such a GPU.
    Optional<Fatbin> fatbinOf(String kernel, ComputeCapability capability) {
        return fatbins.stream().filter(each -> each.runsOn(capability) && each.has(kernel)).findFirst();
    }

    private static KernelArchive parse(JsonNode node) {
        List<Fatbin> fatbins = new ArrayList<>();
        for (JsonNode each : node.get("fatbins")) {
            List<Kernel> kernels = stream(each.get("kernels")).map(k -> new Kernel(k.get("name").asText(), k.get("architecture").asText(),
                    k.get("registers").asInt(), k.get("sharedBytes").asInt(), k.get("dynamicSharedBytes").asInt(),
                    k.get("stackBytes").asInt(), k.get("spillBytes").asInt(), k.get("maxThreads").asInt())).toList();
            fatbins.add(new Fatbin(each.get("file").asText(), texts(each.get("architectures")), kernels));
        }
        return new KernelArchive(node.get("compiler").asText(), texts(node.get("architectures")), fatbins);
    }

    private static List<String> texts(JsonNode array) {
        return stream(array).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
