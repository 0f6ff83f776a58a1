package org.ionforge.compute.cuda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The compiled kernels in the jar and what the compiler said about them (`kernels.json`, written by `kernels/build.sh`).
///
/// @param fatbin        name of the resource beside this class; the hash of sources and flags is part of it
/// @param compiler      version of nvcc
/// @param architectures `sm_80` … with machine code, `compute_80` with PTX for what follows
/// @param kernels       one entry for each kernel and architecture with machine code
public record KernelArchive(String fatbin, String compiler, List<String> architectures, List<Kernel> kernels) {

    private static final String MANIFEST = "kernels.json";

    /// What the compiler said about one kernel on one architecture.
    ///
    /// @param registers    per thread
    /// @param sharedBytes  static shared memory of a block
    /// @param stackBytes   stack frame of a thread
    /// @param spillBytes   stores and loads of spilled registers
    /// @param maxThreads   the launch bound: most threads of a block
    public record Kernel(String name, String architecture, int registers, int sharedBytes, int stackBytes, int spillBytes,
                         int maxThreads) {
    }

    public KernelArchive {
        architectures = List.copyOf(architectures);
        kernels = List.copyOf(kernels);
    }

    /// The archive of this build; nothing if it was built without nvcc.
    public static Optional<KernelArchive> find() {
        try (InputStream stream = KernelArchive.class.getResourceAsStream(MANIFEST)) {
            return stream == null ? Optional.empty() : Optional.of(parse(new ObjectMapper().readTree(stream)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + MANIFEST, e);
        }
    }

    private static KernelArchive parse(JsonNode node) {
        List<String> architectures = new ArrayList<>();
        node.get("architectures").forEach(each -> architectures.add(each.asText()));
        List<Kernel> kernels = new ArrayList<>();
        node.get("kernels").forEach(k -> kernels.add(new Kernel(k.get("name").asText(), k.get("architecture").asText(),
                k.get("registers").asInt(), k.get("sharedBytes").asInt(), k.get("stackBytes").asInt(), k.get("spillBytes").asInt(),
                k.get("maxThreads").asInt())));
        return new KernelArchive(node.get("fatbin").asText(), node.get("compiler").asText(), architectures, kernels);
    }

    /// The fatbin itself.
    byte[] read() {
        try (InputStream stream = KernelArchive.class.getResourceAsStream(fatbin)) {
            if (stream == null) {
                throw new IllegalStateException(MANIFEST + " names " + fatbin + ", which is not there: build again from clean");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + fatbin, e);
        }
    }
}
