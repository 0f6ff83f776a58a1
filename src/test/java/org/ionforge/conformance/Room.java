package org.ionforge.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.cuda.CudaBackend;
import org.ionforge.compute.cuda.EmulatedDevice;
import org.ionforge.compute.cuda.Schedule;

/// A backend that has to keep the contracts, and the name that it must give itself once open.
///
/// @param label what a test report shows
/// @param backendName what [Backend#name()] has to answer: the proof that no other room ran instead
/// @param open opens a fresh backend; the caller closes it
record Room(String label, String backendName, Supplier<Backend> open) {

    /// Names of the backends or labels of the rooms to test, with commas between.
    static final String ONLY = "ionforge.conformance.backends";

    /// A kernel without races gives the same in every order of blocks and lanes.
    private static final List<Schedule> SCHEDULES = List.of(Schedule.FORWARD, Schedule.REVERSE, new Schedule.Random(20261122));

    /// The definition that the others are compared with.
    static Room reference() {
        return named("reference");
    }

    /// Every room of this machine, the definition too (it must keep its own contract on shapes and guards); or those that
    /// the system property [#ONLY] lists, which then have to be there.
    static List<Room> all() {
        String only = System.getProperty(ONLY);
        List<Room> present = present();
        if (only == null) {
            return present;
        }
        List<String> wanted = List.of(only.split(","));
        List<Room> rooms = present.stream().filter(room -> wanted.stream().anyMatch(room::is)).toList();
        for (String name : wanted) {
            if (rooms.stream().noneMatch(room -> room.is(name))) {
                throw new IllegalStateException("no backend " + name + " here: " + Backends.available());
            }
        }
        return rooms;
    }

    private boolean is(String name) {
        return backendName.equals(name) || label.equals(name);
    }

    private static List<Room> present() {
        List<Room> rooms = new ArrayList<>();
        for (Backends.Availability backend : Backends.available()) {
            if (backend.available() && backend.name().equals("emulator")) {
                for (Schedule schedule : SCHEDULES) {
                    rooms.add(new Room("emulator " + schedule, "emulator", () -> new CudaBackend(EmulatedDevice.open(schedule))));
                }
            } else if (backend.available()) {
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
