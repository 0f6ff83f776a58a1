package org.ionforge.compute.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The arguments of one launch as the driver wants them: an array of pointers to their values. Reused from launch to launch.
final class KernelArguments {

    private static final int MOST = 64;
    private static final int MOST_MAPS = 4;

    private final MemorySegment values;
    private final MemorySegment maps;
    private final MemorySegment pointers;

    KernelArguments(Arena arena) {
        values = arena.allocate(ValueLayout.JAVA_LONG, MOST);
        maps = arena.allocate((long) MOST_MAPS * TensorMap.BYTES, TensorMap.ALIGNMENT);
        pointers = arena.allocate(ValueLayout.ADDRESS, MOST);
    }

    /// Writes the arguments and returns the array of pointers to them.
    MemorySegment of(Device device, String kernel, Object[] arguments) {
        if (arguments.length > MOST) {
            throw new IllegalArgumentException(kernel + " with " + arguments.length + " arguments; " + MOST + " are possible");
        }
        int used = 0;
        for (int i = 0; i < arguments.length; i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, values.asSlice(i * 8L, 8));
            switch (arguments[i]) {
                case DeviceBuffer buffer when buffer.device() == device -> values.setAtIndex(ValueLayout.JAVA_LONG, i, buffer.address());
                case DevicePointer pointer -> values.setAtIndex(ValueLayout.JAVA_LONG, i, pointer.address());
                case Long number -> values.setAtIndex(ValueLayout.JAVA_LONG, i, number);
                case Integer number -> values.set(ValueLayout.JAVA_INT, i * 8L, number);
                case Float number -> values.set(ValueLayout.JAVA_FLOAT, i * 8L, number);
                case Double number -> values.setAtIndex(ValueLayout.JAVA_DOUBLE, i, number);
                case TensorMap map when map.array().device() == device -> {
                    MemorySegment encoded = maps.asSlice((long) used++ * TensorMap.BYTES, TensorMap.BYTES);
                    device.encode(map, encoded);
                    pointers.setAtIndex(ValueLayout.ADDRESS, i, encoded);
                }
                case DeviceBuffer _, TensorMap _ -> throw new IllegalArgumentException(kernel + ", argument " + i + ": a buffer of another device");
                case null, default -> throw new IllegalArgumentException(kernel + ", argument " + i + ": " + arguments[i]
                        + " cannot be passed to a kernel");
            }
        }
        return pointers;
    }

    /// The letter of an argument's kind, as the emulator names those of parameters.
    static char letter(Object argument) {
        return switch (argument) {
            case DeviceBuffer _, DevicePointer _ -> 'p';
            case Integer _ -> 'i';
            case Long _ -> 'l';
            case Float _ -> 'f';
            case Double _ -> 'd';
            case TensorMap _ -> 't';
            case null, default -> '?';
        };
    }
}
