package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.ionforge.bindings.NativeLibraries;
import org.ionforge.compute.ElementType;

/// An emulated device over `native/emulator/test/*.cu`, kernels with planted faults and their sound twins, whose buffers are counted.
final class PlantedKernels implements AutoCloseable {
    final EmulatedDevice device;
    final AtomicInteger live = new AtomicInteger();

    PlantedKernels(Schedule schedule) {
        Path library = NativeLibraries.find("libionforge_emulator_test.so").orElseThrow(
                () -> new AssertionError("the emulator was not built: install cmake and g++ and run 'mvn generate-resources'"));
        device = EmulatedDevice.open(library, schedule);
    }

    DeviceBuffer buffer(ElementType type, long length) {
        return new DeviceBuffer(device, live, type, length);
    }

    DeviceBuffer of(float... values) {
        DeviceBuffer buffer = buffer(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    DeviceBuffer of(int... values) {
        DeviceBuffer buffer = buffer(ElementType.U32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    float[] floats(DeviceBuffer buffer) {
        float[] values = new float[(int) buffer.length()];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }

    int[] ints(DeviceBuffer buffer) {
        int[] values = new int[(int) buffer.length()];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }

    String fault(String kernel, Grid grid, Object... arguments) {
        return assertThrows(CudaException.class, () -> device.launch(kernel, grid, arguments)).getMessage();
    }

    @Override
    public void close() {
        assertEquals(0, live.get(), "buffers left open");
        assertEquals(0, device.liveAllocations(), "allocations left");
        device.close();
    }
}
