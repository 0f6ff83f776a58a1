package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;

class BackendsTest {

    @Test
    void listsEveryNameOnce() {
        assertEquals(Backends.NAMES, Backends.available().stream().map(Backends.Availability::name).toList());
    }

    @Test
    void opensWhatItCallsAvailableAndExplainsTheRest() {
        for (Backends.Availability each : Backends.available()) {
            if (each.available()) {
                try (Backend backend = Backends.named(each.name())) {
                    assertEquals(each.name(), backend.name());
                    assertEquals(each.detail(), backend.description());
                }
            } else {
                EnvironmentException e = assertThrows(EnvironmentException.class, () -> Backends.named(each.name()));
                assertTrue(e.getMessage().contains(each.detail()), e.getMessage());
            }
        }
    }

    @Test
    void saysInOneLineWhatItPickedAndWhatItPassedOver() {
        List<String> lines = new ArrayList<>();
        String picked;
        try (Backend backend = Backends.best(lines::add)) {
            picked = backend.name();
        }
        assertEquals(1, lines.size());
        assertTrue(lines.getFirst().startsWith("backend " + picked + ": "), lines.getFirst());
        if (System.getenv("IONFORGE_BACKEND") == null) {
            for (Backends.Availability each : Backends.available()) {
                if (each.name().equals(picked)) {
                    break;
                }
                assertTrue(lines.getFirst().contains(each.name() + " not available: "), lines.getFirst());
            }
        }
    }

    @Test
    void countsTheMostMemoryTakenAtATime() {
        for (Backends.Availability each : Backends.available()) {
            if (each.available()) {
                try (Backend backend = Backends.named(each.name())) {
                    long before = backend.peakBytes();
                    try (Buffer small = backend.allocate(ElementType.U8, 1000)) {
                        try (Buffer large = backend.allocate(ElementType.F32, 2_000_000)) {
                            assertEquals(small.byteSize() + large.byteSize(), backend.peakBytes() - before, each.name());
                        }
                        try (Buffer other = backend.allocate(ElementType.F32, 2_000_000)) {
                            assertEquals(small.byteSize() + other.byteSize(), backend.peakBytes() - before, each.name());
                        }
                        long now = backend.restartPeak();
                        assertEquals(now, backend.peakBytes(), each.name());
                        backend.allocate(ElementType.U8, 50).close();
                        assertEquals(now + 50, backend.peakBytes(), each.name());
                    }
                }
            }
        }
    }

    @Test
    void refusesAnUnknownName() {
        assertTrue(assertThrows(InputException.class, () -> Backends.named("tpu")).getMessage().contains("unknown backend 'tpu'"));
    }
}
