package org.ionforge.compute;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.cpu.CpuBackend;
import org.ionforge.compute.cuda.CudaBackend;
import org.ionforge.compute.cuda.EmulatedDevice;
import org.ionforge.compute.cuda.JCudaDevice;
import org.ionforge.compute.cuda.Schedule;
import org.ionforge.compute.reference.ReferenceBackend;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;

/// The rooms of this machine: which are there, why the others are not, and how one is chosen.
///
/// A backend is chosen by name (`--backend`), by `IONFORGE_BACKEND` in the environment, or automatically: CUDA if a GPU
/// answers, else native C++, else plain Java. Whoever opens one closes it. `IONFORGE_EMULATOR_SCHEDULE` is the emulator's
/// order: `forward`, `reverse` or `random:SEED`.
public final class Backends {

    /// What `auto` tries, best first. The emulator runs CUDA kernels on the host, slowly: only who names it gets it.
    private static final List<String> PREFERENCE = List.of("cuda", "cpu", "reference");

    /// Every name that [#named(String)] takes, `auto` aside.
    public static final List<String> NAMES = List.of("cuda", "cpu", "reference", "emulator");

    /// One backend of this machine.
    ///
    /// @param available  whether [#named(String)] would open it
    /// @param detail     its description, or why it is not available
    /// @param properties what is known of its device, by name: `device`, `memoryBytes`, `driver`, `computeCapability`,
    ///                   `multiprocessors`, `isa`, `threads`, `kernels`
    public record Availability(String name, boolean available, String detail, SequencedMap<String, Object> properties) {
        public Availability {
            properties = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(properties));
        }
    }

    private Backends() {
    }

    /// The backend that `IONFORGE_BACKEND` names, else the best one present. One line on `log` says which and why.
    ///
    /// @throws EnvironmentException if the one named is not available here
    public static Backend best(Consumer<String> log) {
        String asked = System.getenv("IONFORGE_BACKEND");
        if (asked != null && !asked.isBlank() && !asked.equalsIgnoreCase("auto")) {
            Backend backend = named(asked);
            log.accept("backend " + backend.name() + ": " + backend.description() + " (IONFORGE_BACKEND)");
            return backend;
        }
        return automatic(log);
    }

    /// The backend of that name: `reference`, `cpu`, `cuda`, `emulator`, or `auto` for the best one present.
    ///
    /// @throws InputException       if there is no such name
    /// @throws EnvironmentException if it is not available here; the message says why and what brings it
    public static Backend named(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        if (wanted.equals("auto")) {
            return automatic(line -> { });
        }
        try {
            return open(wanted);
        } catch (EnvironmentException e) {
            throw new EnvironmentException("backend " + wanted + " is not available: " + e.getMessage(), e);
        }
    }

    /// Every backend, with its description or why it is not available.
    public static List<Availability> available() {
        return NAMES.stream().map(Backends::look).toList();
    }

    private static Availability look(String name) {
        try (Backend backend = open(name)) {
            return new Availability(name, true, backend.description(), properties(backend));
        } catch (EnvironmentException e) {
            return new Availability(name, false, e.getMessage(), new LinkedHashMap<>());
        }
    }

    private static SequencedMap<String, Object> properties(Backend backend) {
        SequencedMap<String, Object> known = new LinkedHashMap<>();
        switch (backend) {
            case CudaBackend cuda when cuda.device() instanceof JCudaDevice gpu -> {
                known.put("device", gpu.hardware().name());
                known.put("memoryBytes", gpu.hardware().memoryBytes());
                known.put("driver", gpu.hardware().driver());
                known.put("computeCapability", gpu.hardware().computeCapability().toString());
                known.put("multiprocessors", gpu.hardware().multiprocessors());
            }
            case CudaBackend cuda when cuda.device() instanceof EmulatedDevice emulator -> {
                known.put("device", HostMachine.processor());
                known.put("kernels", emulator.kernels().size());
            }
            case CpuBackend _ -> {
                known.put("device", HostMachine.processor());
                known.put("memoryBytes", HostMachine.memoryBytes());
                known.put("isa", ionforge_cpu_h.ionforge_cpu_isa());
                known.put("threads", ionforge_cpu_h.ionforge_cpu_threads());
            }
            default -> {
                known.put("device", HostMachine.processor());
                known.put("memoryBytes", HostMachine.memoryBytes());
                known.put("isa", "Java " + Runtime.version());
                known.put("threads", 1);
            }
        }
        return known;
    }

    private static Backend automatic(Consumer<String> log) {
        StringBuilder passedOver = new StringBuilder();
        for (String name : PREFERENCE) {
            try {
                Backend backend = open(name);
                log.accept("backend " + name + ": " + backend.description() + passedOver);
                return backend;
            } catch (EnvironmentException e) {
                passedOver.append("; ").append(name).append(" not available: ").append(e.getMessage());
            }
        }
        throw new IllegalStateException("the reference room is always there");
    }

    /// @throws EnvironmentException with the reason if it is not there
    private static Backend open(String name) {
        return switch (name) {
            case "reference" -> new ReferenceBackend();
            case "cpu" -> {
                if (!ionforge_cpu_h.isAvailable()) {
                    throw new EnvironmentException(ionforge_cpu_h.LIBRARY
                            + " was not built (Debian: apt install cmake g++, then build again)");
                }
                yield new CpuBackend();
            }
            case "cuda" -> new CudaBackend(JCudaDevice.open());
            case "emulator" -> new CudaBackend(EmulatedDevice.open(schedule()));
            default -> throw new InputException("unknown backend '" + name + "': one of auto, " + String.join(", ", NAMES));
        };
    }

    private static Schedule schedule() {
        String text = System.getenv("IONFORGE_EMULATOR_SCHEDULE");
        return text == null || text.isBlank() ? Schedule.FORWARD : Schedule.parse(text);
    }
}
