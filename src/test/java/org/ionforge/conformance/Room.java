package org.ionforge.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;

/// A backend that has to keep the contracts, and the name that it must give itself once open.
///
/// @param label what a test report shows
/// @param backendName what [Backend#name()] has to answer: the proof that no other room ran instead
/// @param open opens a fresh backend; the caller closes it
record Room(String label, String backendName, Supplier<Backend> open) {

    /// The definition that the others are compared with.
    static Room reference() {
        return named("reference");
    }

    /// Every room of this machine, the definition too (it must keep its own contract on shapes and guards).
    static List<Room> all() {
        List<Room> rooms = new ArrayList<>();
        for (Backends.Availability backend : Backends.available()) {
            if (backend.available()) {
                rooms.add(named(backend.name()));
            }
        }
        return rooms;
    }

    private static Room named(String name) {
        return new Room(name, name, () -> Backends.named(name));
    }

    @Override
    public String toString() {
        return label;
    }
}
