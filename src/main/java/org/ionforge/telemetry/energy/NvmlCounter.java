package org.ionforge.telemetry.energy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.bindings.nvml.nvml_h;

/// The energy of all GPUs that NVIDIA's driver shows, boards and their memory included (Volta and later). The driver brings it up to
/// date ten times a second or so: short stretches are coarse.
final class NvmlCounter implements EnergyCounter {

    private final Arena arena = Arena.ofShared();
    private final MemorySegment millijoules = arena.allocate(ValueLayout.JAVA_LONG);
    private final List<MemorySegment> devices = new ArrayList<>();

    private NvmlCounter() throws NotMeasured {
        try {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            check("nvmlDeviceGetCount_v2", nvml_h.nvmlDeviceGetCount_v2(count));
            for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
                MemorySegment device = arena.allocate(ValueLayout.ADDRESS);
                check("nvmlDeviceGetHandleByIndex_v2", nvml_h.nvmlDeviceGetHandleByIndex_v2(i, device));
                devices.add(device.get(ValueLayout.ADDRESS, 0));
            }
            if (devices.isEmpty()) {
                throw new NotMeasured("the driver shows no GPU");
            }
        } catch (NotMeasured e) {
            close();
            throw e;
        }
    }

    static NvmlCounter open() throws NotMeasured {
        if (!nvml_h.isAvailable()) {
            throw new NotMeasured(nvml_h.LIBRARY + " is not installed");
        }
        try {
            check("nvmlInit_v2", nvml_h.nvmlInit_v2());
            return new NvmlCounter();
        } catch (LinkageError | AssertionError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new NotMeasured(nvml_h.LIBRARY + " is installed but does not fit: " + cause.getMessage());
        }
    }

    private static void check(String call, int code) throws NotMeasured {
        if (code != nvml_h.NVML_SUCCESS) {
            throw new NotMeasured(call + ": " + nvml_h.nvmlErrorString(code).reinterpret(Long.MAX_VALUE).getString(0));
        }
    }

    /// Since the driver was loaded.
    @Override
    public double joules() throws NotMeasured {
        double joules = 0;
        for (MemorySegment device : devices) {
            check("nvmlDeviceGetTotalEnergyConsumption", nvml_h.nvmlDeviceGetTotalEnergyConsumption(device, millijoules));
            joules += millijoules.get(ValueLayout.JAVA_LONG, 0) * 1e-3;
        }
        return joules;
    }

    @Override
    public String counted() {
        return devices.size() == 1 ? "1 GPU" : devices.size() + " GPUs";
    }

    @Override
    public void close() {
        arena.close();
        // Whether it worked changes nothing any more.
        nvml_h.nvmlShutdown();
    }
}
