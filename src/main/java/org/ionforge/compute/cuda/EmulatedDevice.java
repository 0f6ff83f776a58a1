package org.ionforge.compute.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ionforge.bindings.emulator.ionforge_emulator_h;
import org.ionforge.errors.EnvironmentException;

/// The CUDA kernels on the host: the same source, compiled by a C++ compiler, one fiber a thread. For tests: it finds divergent
/// barriers, overrun memory, arguments of the wrong size and, by running in several orders, races. It stands for a GPU of a compute
/// capability: a block has no more shared memory than there, and a build with nvcc, which knows each kernel's launch bound and
/// architectures, holds launches to them.
public final class EmulatedDevice implements Device {

    private record Kernel(int number, String parameters) {
    }

    private final ionforge_emulator_h emulator;
    private final Schedule schedule;
    private final Map<String, Kernel> kernels = new HashMap<>();
    private final Optional<KernelArchive> archive;
    private final ComputeCapability capability;
    private final Map<String, Integer> bounds = new HashMap<>();
    private final Arena arena = Arena.ofShared();
    private final KernelArguments arguments = new KernelArguments(arena);
    private final MemorySegment grid = arena.allocate(ValueLayout.JAVA_INT, 3);
    private final MemorySegment block = arena.allocate(ValueLayout.JAVA_INT, 3);
    private final Allocations live = new Allocations();
    private List<Runnable> recording;

    private EmulatedDevice(ionforge_emulator_h emulator, Schedule schedule, Optional<KernelArchive> archive,
                           ComputeCapability capability) {
        this.emulator = emulator;
        this.schedule = schedule;
        this.archive = archive;
        this.capability = capability;
        archive.ifPresent(a -> a.kernels().forEach(k -> bounds.put(k.name(), k.maxThreads())));
        for (int i = 0; i < emulator.ionforge_emulator_kernel_count(); i++) {
            kernels.put(emulator.ionforge_emulator_kernel_name(i), new Kernel(i, emulator.ionforge_emulator_kernel_parameters(i)));
        }
    }

    /// The emulator with the shipped kernels, as a GPU of the oldest generation.
    ///
    /// @throws EnvironmentException if it was not built
    public static EmulatedDevice open(Schedule schedule) {
        return open(schedule, ComputeCapability.OLDEST);
    }

    /// The emulator with the shipped kernels, as a GPU of that generation.
    ///
    /// @throws EnvironmentException if it was not built
    public static EmulatedDevice open(Schedule schedule, ComputeCapability capability) {
        if (!ionforge_emulator_h.isAvailable()) {
            throw new EnvironmentException(ionforge_emulator_h.LIBRARY
                    + " was not built (Debian: apt install cmake g++, then build again)");
        }
        return new EmulatedDevice(ionforge_emulator_h.load(), schedule, KernelArchive.find(), capability);
    }

    /// An emulator library with kernels of its own.
    static EmulatedDevice open(Path library, Schedule schedule) {
        return new EmulatedDevice(ionforge_emulator_h.load(library), schedule, Optional.empty(), ComputeCapability.OLDEST);
    }

    /// Names of the kernels it has.
    public Set<String> kernels() {
        return Set.copyOf(kernels.keySet());
    }

    /// Launches of a kernel in this device's kind of order, over all emulated devices since the start, that ended well.
    public long launches(String kernel) {
        return emulator.ionforge_emulator_launches(kernels.get(kernel).number(), schedule.code());
    }

    /// Passes through shared memory, over all emulated devices since the start, that matrix loads needed because rows lay in the
    /// same banks: none in a kernel whose tiles are swizzled well.
    public long bankConflicts() {
        return emulator.ionforge_emulator_bank_conflicts();
    }

    @Override
    public String name() {
        return "emulator";
    }

    @Override
    public String description() {
        return kernels.size() + " CUDA kernels on the host (" + schedule + " schedule)";
    }

    @Override
    public ComputeCapability capability() {
        return capability;
    }

    /// A small GPU: operations choose as if there were two.
    @Override
    public int multiprocessors() {
        return 2;
    }

    @Override
    public boolean has(String kernel) {
        return kernels.containsKey(kernel) && archive.map(a -> a.fatbinOf(kernel, capability).isPresent()).orElse(true);
    }

    @Override
    public long allocate(long bytes) {
        refuseWhileRecording("allocate");
        MemorySegment memory = emulator.ionforge_emulator_allocate(bytes);
        if (memory.address() == 0) {
            throw new OutOfMemoryError(emulator.ionforge_emulator_last_error());
        }
        live.add(memory.address(), bytes);
        return memory.address();
    }

    @Override
    public void free(long address) {
        if (!live.remove(address) || emulator.ionforge_emulator_free(MemorySegment.ofAddress(address)) != 0) {
            throw new IllegalStateException("emulator: no allocation at " + Long.toHexString(address));
        }
    }

    @Override
    public int liveAllocations() {
        return live.count();
    }

    @Override
    public long peakBytes() {
        return live.peakBytes();
    }

    @Override
    public long restartPeak() {
        return live.restartPeak();
    }

    @Override
    public void upload(MemorySegment source, long address) {
        refuseWhileRecording("upload");
        MemorySegment.copy(source, 0, memory(address, source.byteSize()), 0, source.byteSize());
    }

    @Override
    public void download(long address, MemorySegment target) {
        refuseWhileRecording("download");
        MemorySegment.copy(memory(address, target.byteSize()), 0, target, 0, target.byteSize());
    }

    @Override
    public void copy(long from, long to, long bytes) {
        perform(() -> MemorySegment.copy(memory(from, bytes), 0, memory(to, bytes), 0, bytes));
    }

    @Override
    public void fill(long address, byte value, long bytes) {
        perform(() -> memory(address, bytes).fill(value));
    }

    @Override
    public void launch(String name, Grid geometry, Object... values) {
        Kernel kernel = kernels.get(name);
        if (!has(name)) {
            throw new IllegalArgumentException("no kernel " + name + " for compute capability " + capability);
        }
        if (geometry.sharedBytes() > capability.sharedBytes()) {
            throw new IllegalArgumentException(name + " with " + geometry.sharedBytes() + " bytes of dynamic shared memory; "
                    + capability.sharedBytes() + " is the limit of compute capability " + capability);
        }
        StringBuilder letters = new StringBuilder();
        for (Object value : values) {
            letters.append(KernelArguments.letter(value));
        }
        if (!kernel.parameters().contentEquals(letters)) {
            throw new IllegalArgumentException(name + " takes (" + kernel.parameters() + ") and was given (" + letters
                    + "): p pointer, i and l 32- and 64-bit integer, f float, d double, t tensor map");
        }
        int threads = geometry.blockX() * geometry.blockY() * geometry.blockZ();
        if (bounds.containsKey(name) && threads > bounds.get(name)) {
            throw new IllegalArgumentException(name + " with blocks of " + threads + " threads; its launch bound is " + bounds.get(name));
        }
        Object[] kept = values.clone();
        arguments.of(this, name, kept);
        perform(() -> run(name, kernel, geometry, kept));
    }

    @Override
    public void encode(TensorMap map, MemorySegment target) {
        try (Arena scratch = Arena.ofConfined()) {
            int code = emulator.ionforge_emulator_tensor_map(target, MemorySegment.ofAddress(map.array().address()),
                    scratch.allocateFrom(ValueLayout.JAVA_LONG, map.size()), scratch.allocateFrom(ValueLayout.JAVA_INT, map.box()),
                    map.swizzled() ? 1 : 0);
            if (code != ionforge_emulator_h.IONFORGE_EMULATOR_OK) {
                throw new CudaException(emulator.ionforge_emulator_last_error() + " (" + map + ")");
            }
        }
    }

    private void run(String name, Kernel kernel, Grid geometry, Object[] values) {
        MemorySegment pointers = arguments.of(this, name, values);
        grid.copyFrom(MemorySegment.ofArray(new int[] {geometry.x(), geometry.y(), geometry.z()}));
        block.copyFrom(MemorySegment.ofArray(new int[] {geometry.blockX(), geometry.blockY(), geometry.blockZ()}));
        int code = emulator.ionforge_emulator_launch(kernel.number(), pointers, grid, block, geometry.sharedBytes(),
                schedule.code(), schedule.seedOrZero());
        if (code != ionforge_emulator_h.IONFORGE_EMULATOR_OK) {
            throw new CudaException(emulator.ionforge_emulator_last_error());
        }
    }

    @Override
    public LaunchGraph capture(Runnable work) {
        refuseWhileRecording("capture");
        recording = new ArrayList<>();
        try {
            work.run();
            return new Recording(List.copyOf(recording));
        } finally {
            recording = null;
        }
    }

    private record Recording(List<Runnable> steps) implements LaunchGraph {
        @Override
        public void replay() {
            steps.forEach(Runnable::run);
        }

        @Override
        public void close() {
        }
    }

    private void perform(Runnable step) {
        if (recording == null) {
            step.run();
        } else {
            recording.add(step);
        }
    }

    private void refuseWhileRecording(String what) {
        if (recording != null) {
            throw new IllegalStateException(what + " while a graph is recorded");
        }
    }

    @Override
    public void synchronize() {
        refuseWhileRecording("synchronize");
    }

    private static MemorySegment memory(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            live.addresses().forEach(address -> emulator.ionforge_emulator_free(MemorySegment.ofAddress(address)));
            arena.close();
        }
    }
}
