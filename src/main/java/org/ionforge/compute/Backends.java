package org.ionforge.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.cpu.CpuBackend;
import org.ionforge.compute.reference.ReferenceBackend;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;

/// The rooms of this machine: which are there, why the others are not, and how one is chosen.
///
/// A backend is chosen by name (`--backend`), by `IONFORGE_BACKEND` in the environment, or automatically: CUDA if a GPU
/// answers, else native C++, else plain Java. Whoever opens one closes it.
public final class Backends {

    /// What `auto` tries, best first. The emulator runs CUDA kernels on the host, slowly: only who names it gets it.
    private static final List<String> PREFERENCE = List.of("cuda", "cpu", "reference");

    /// Every name that [#named(String)] takes, `auto` aside.
    public static final List<String> NAMES = List.of("cuda", "cpu", "reference", "emulator");

    /// One backend of this machine.
    ///
    /// @param available whether [#named(String)] would open it
    /// @param detail    its description, or why it is not available
    public record Availability(String name, boolean available, String detail) {
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
        return switch (open(wanted)) {
            case Opened(Backend backend) -> backend;
            case Missing(String reason) -> throw new EnvironmentException("backend " + wanted + " is not available: " + reason);
        };
    }

    /// Every backend, with its description or why it is not available.
    public static List<Availability> available() {
        List<Availability> list = new ArrayList<>();
        for (String name : NAMES) {
            list.add(switch (open(name)) {
                case Opened(Backend backend) -> {
                    try (backend) {
                        yield new Availability(name, true, backend.description());
                    }
                }
                case Missing(String reason) -> new Availability(name, false, reason);
            });
        }
        return List.copyOf(list);
    }

    private static Backend automatic(Consumer<String> log) {
        StringBuilder passedOver = new StringBuilder();
        for (String name : PREFERENCE) {
            switch (open(name)) {
                case Opened(Backend backend) -> {
                    log.accept("backend " + name + ": " + backend.description() + passedOver);
                    return backend;
                }
                case Missing(String reason) -> passedOver.append("; ").append(name).append(" not available: ").append(reason);
            }
        }
        throw new IllegalStateException("the reference room is always there");
    }

    private sealed interface Outcome {
    }

    private record Opened(Backend backend) implements Outcome {
    }

    private record Missing(String reason) implements Outcome {
    }

    private static Outcome open(String name) {
        return switch (name) {
            case "reference" -> new Opened(new ReferenceBackend());
            case "cpu" -> ionforge_cpu_h.isAvailable() ? new Opened(new CpuBackend())
                    : new Missing(ionforge_cpu_h.LIBRARY + " was not built (Debian: apt install cmake g++, then build again)");
            case "cuda", "emulator" -> new Missing("not in this build");
            default -> throw new InputException("unknown backend '" + name + "': one of auto, " + String.join(", ", NAMES));
        };
    }
}
