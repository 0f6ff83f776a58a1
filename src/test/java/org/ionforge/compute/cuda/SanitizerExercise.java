package org.ionforge.compute.cuda;

import java.nio.file.Path;

/// Runs a kernel that reads past a shared array on the emulator library given: the address sanitizer must end this process.
final class SanitizerExercise {

    private SanitizerExercise() {
    }

    public static void main(String[] arguments) {
        try (Device device = EmulatedDevice.open(Path.of(arguments[0]), Schedule.FORWARD)) {
            long memory = device.allocate(4 * 256);
            device.launch("planted_shared_overread", Grid.of(1, 256), new DevicePointer(memory));
            device.free(memory);
        }
    }
}
