package org.ionforge.compute.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.ionforge.bindings.cuda.cuda_h;
import org.ionforge.compute.cuda.vendor.VendorStream;
import org.ionforge.errors.EnvironmentException;

/// A GPU through the driver API: the primary context of device 0 (`CUDA_VISIBLE_DEVICES` chooses), one stream, the
/// stream-ordered memory pool, and the fatbins of the jar, each loaded when the first of its kernels
/// is launched.
///
/// `IONFORGE_CUDA_SYNC=1` waits after every launch, so that a fault names its kernel.
public final class JCudaDevice implements Device, VendorStream {

    /// What the hardware is.
    ///
    /// @param name              as the driver says
    /// @param computeCapability its generation
    /// @param memoryBytes       in all
    /// @param driver            newest CUDA version the driver speaks, `13.0`
    public record Hardware(String name, ComputeCapability computeCapability, long memoryBytes, String driver, int multiprocessors) {
    }

    private final boolean synchronous = "1".equals(System.getenv("IONFORGE_CUDA_SYNC"));
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final Stream stream = new Stream();
    private final KernelArchive archive;
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final Map<String, CUfunction> functions = new HashMap<>();
    private final Map<String, Integer> dynamicShared = new HashMap<>();
    private final Allocations live = new Allocations();
    private final Arena arena = Arena.ofShared();
    private final KernelArguments arguments = new KernelArguments(arena);
    private final Hardware hardware;
    private final PinnedRing ring;
    private boolean capturing;
    private boolean closed;

    /// The one stream; JCuda keeps its address where only a subclass can see it.
    private static final class Stream extends CUstream {
        long address() {
            return getNativePointer();
        }
    }

    private JCudaDevice(KernelArchive archive) {
        this.archive = archive;
        Cuda.check("cuDeviceGet(0)", JCudaDriver.cuDeviceGet(device, 0));
        hardware = describe(device);
        if (attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED, device) == 0) {
            throw new EnvironmentException(hardware.name() + " has no stream-ordered memory pool");
        }
        Cuda.check("cuDevicePrimaryCtxRetain", JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
        try {
            enter();
            Cuda.check("cuStreamCreate", JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
            keepFreedMemory();
            ring = new PinnedRing(stream);
        } catch (RuntimeException e) {
            JCudaDriver.cuDevicePrimaryCtxRelease(device);
            throw e;
        }
    }

    /// The first GPU.
    ///
    /// @throws EnvironmentException if there is no driver, no GPU, or no kernels in this build
    public static JCudaDevice open() {
        if (!cuda_h.isAvailable()) {
            throw new EnvironmentException("no NVIDIA driver (" + cuda_h.LIBRARY + " is not installed)");
        }
        KernelArchive archive = KernelArchive.find().orElseThrow(() -> new EnvironmentException(
                "this build has no CUDA kernels: nvcc was missing (install the CUDA toolkit 13, then build again)"));
        try {
            int code = JCudaDriver.cuInit(0);
            if (code != CUresult.CUDA_SUCCESS) {
                throw new EnvironmentException("the driver finds no GPU to use: cuInit gave " + CUresult.stringFor(code));
            }
            return new JCudaDevice(archive);
        } catch (LinkageError e) {
            throw new EnvironmentException("JCuda does not load: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
        } catch (CudaException e) {
            throw new EnvironmentException(e.getMessage(), e);
        }
    }

    private static Hardware describe(CUdevice device) {
        byte[] name = new byte[256];
        long[] bytes = {0};
        int[] version = {0};
        Cuda.check("cuDeviceGetName", JCudaDriver.cuDeviceGetName(name, name.length, device));
        Cuda.check("cuDeviceTotalMem", JCudaDriver.cuDeviceTotalMem(bytes, device));
        Cuda.check("cuDriverGetVersion", JCudaDriver.cuDriverGetVersion(version));
        String text = new String(name, StandardCharsets.UTF_8);
        return new Hardware(text.substring(0, text.indexOf('\0')),
                new ComputeCapability(attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
                        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device)),
                bytes[0], version[0] / 1000 + "." + version[0] % 1000 / 10,
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
    }

    private static int attribute(int which, CUdevice device) {
        int[] value = {0};
        Cuda.check("cuDeviceGetAttribute " + CUdevice_attribute.stringFor(which), JCudaDriver.cuDeviceGetAttribute(value, which, device));
        return value[0];
    }

    /// The pool would give freed memory back to the driver at every synchronisation, and taking it again is slow.
    private void keepFreedMemory() {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment pool = scratch.allocate(ValueLayout.ADDRESS);
            Cuda.check("cuDeviceGetDefaultMemPool", cuda_h.cuDeviceGetDefaultMemPool(pool, 0));
            Cuda.check("cuMemPoolSetAttribute", cuda_h.cuMemPoolSetAttribute(pool.get(ValueLayout.ADDRESS, 0),
                    cuda_h.CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, scratch.allocateFrom(ValueLayout.JAVA_LONG, -1L)));
        }
    }

    /// The context is a property of the calling thread.
    private void enter() {
        if (closed) {
            throw new IllegalStateException("device used after close");
        }
        Cuda.check("cuCtxSetCurrent", JCudaDriver.cuCtxSetCurrent(context));
    }

    private void enterOutsideCapture(String what) {
        enter();
        if (capturing) {
            throw new IllegalStateException(what + " while a graph is recorded");
        }
    }

    @Override
    public CUstream stream() {
        return stream;
    }

    @Override
    public long streamAddress() {
        return stream.address();
    }

    @Override
    public void makeCurrent() {
        enter();
    }

    /// A name for the compiled kernels: another build of them has another.
    public String kernels() {
        return Integer.toHexString(archive.fatbins().stream().map(KernelArchive.Fatbin::file).toList().hashCode());
    }

    public Hardware hardware() {
        return hardware;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String description() {
        return "%s (compute %s, %.1f GiB, driver for CUDA %s)".formatted(hardware.name(), hardware.computeCapability(),
                hardware.memoryBytes() / 0x1p30, hardware.driver());
    }

    @Override
    public ComputeCapability capability() {
        return hardware.computeCapability();
    }

    @Override
    public int multiprocessors() {
        return hardware.multiprocessors();
    }

    @Override
    public boolean has(String kernel) {
        return archive.fatbinOf(kernel, hardware.computeCapability()).isPresent();
    }

    @Override
    public long allocate(long bytes) {
        enterOutsideCapture("allocate");
        RawPointer.Out pointer = new RawPointer.Out();
        int code = JCudaDriver.cuMemAllocAsync(pointer, bytes, stream);
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            long[] free = {0};
            long[] total = {0};
            JCudaDriver.cuMemGetInfo(free, total);
            throw new OutOfMemoryError("no room for " + bytes + " bytes on " + hardware.name() + ": " + free[0] + " of " + total[0]
                    + " are free");
        }
        Cuda.check("cuMemAllocAsync of " + bytes + " bytes", code);
        live.add(pointer.address(), bytes);
        return pointer.address();
    }

    @Override
    public void free(long address) {
        if (!live.remove(address)) {
            throw new IllegalStateException("cuda: no allocation at " + Long.toHexString(address));
        }
        enter();
        Cuda.check("cuMemFreeAsync", JCudaDriver.cuMemFreeAsync(RawPointer.device(address), stream));
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
        enterOutsideCapture("upload");
        ring.upload(source, address);
    }

    @Override
    public void download(long address, MemorySegment target) {
        enterOutsideCapture("download");
        ring.download(address, target);
    }

    @Override
    public void copy(long from, long to, long bytes) {
        enter();
        Cuda.check("cuMemcpyDtoDAsync of " + bytes + " bytes",
                JCudaDriver.cuMemcpyDtoDAsync(RawPointer.device(to), RawPointer.device(from), bytes, stream));
    }

    @Override
    public void fill(long address, byte value, long bytes) {
        enter();
        if (bytes > 0) {
            Cuda.check("cuMemsetD8Async of " + bytes + " bytes",
                    JCudaDriver.cuMemsetD8Async(RawPointer.device(address), value, bytes, stream));
        }
    }

    @Override
    public void launch(String kernel, Grid grid, Object... values) {
        enter();
        CUfunction function = functions.computeIfAbsent(kernel, this::find);
        if (grid.sharedBytes() > dynamicShared.getOrDefault(kernel, 48 << 10)) {
            Cuda.check("cuFuncSetAttribute of " + kernel, JCudaDriver.cuFuncSetAttribute(function,
                    CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, grid.sharedBytes()));
            dynamicShared.put(kernel, grid.sharedBytes());
        }
        MemorySegment pointers = arguments.of(this, kernel, values);
        Cuda.check("cuLaunchKernel of " + kernel + " with " + grid, JCudaDriver.cuLaunchKernel(function, grid.x(), grid.y(), grid.z(),
                grid.blockX(), grid.blockY(), grid.blockZ(), grid.sharedBytes(), stream, new RawPointer(pointers.address()), null));
        if (synchronous && !capturing) {
            Cuda.check(kernel + " with " + grid, JCudaDriver.cuStreamSynchronize(stream));
        }
    }

    @Override
    public void encode(TensorMap map, MemorySegment target) {
        try (Arena scratch = Arena.ofConfined()) {
            Cuda.check("cuTensorMapEncodeTiled of " + map, cuda_h.cuTensorMapEncodeTiled(target, cuda_h.CU_TENSOR_MAP_DATA_TYPE_UINT32, 3,
                    MemorySegment.ofAddress(map.array().address()), scratch.allocateFrom(ValueLayout.JAVA_LONG, map.size()),
                    scratch.allocateFrom(ValueLayout.JAVA_LONG, map.pitches()), scratch.allocateFrom(ValueLayout.JAVA_INT, map.box()),
                    scratch.allocateFrom(ValueLayout.JAVA_INT, 1, 1, 1), cuda_h.CU_TENSOR_MAP_INTERLEAVE_NONE,
                    map.swizzled() ? cuda_h.CU_TENSOR_MAP_SWIZZLE_128B : cuda_h.CU_TENSOR_MAP_SWIZZLE_NONE,
                    cuda_h.CU_TENSOR_MAP_L2_PROMOTION_L2_256B, cuda_h.CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE));
        }
    }

    private CUfunction find(String kernel) {
        KernelArchive.Fatbin fatbin = archive.fatbinOf(kernel, hardware.computeCapability()).orElseThrow(
                () -> new IllegalArgumentException("no kernel " + kernel + " for compute capability " + hardware.computeCapability()));
        CUfunction function = new CUfunction();
        Cuda.check("cuModuleGetFunction of " + kernel,
                JCudaDriver.cuModuleGetFunction(function, modules.computeIfAbsent(fatbin.file(), _ -> load(fatbin)), kernel));
        return function;
    }

    private CUmodule load(KernelArchive.Fatbin fatbin) {
        CUmodule module = new CUmodule();
        Cuda.check("cuModuleLoadData of " + fatbin.file() + " on " + hardware.name(), JCudaDriver.cuModuleLoadData(module, fatbin.read()));
        return module;
    }

    @Override
    public LaunchGraph capture(Runnable work) {
        enterOutsideCapture("capture");
        Cuda.check("cuStreamBeginCapture", JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED));
        capturing = true;
        CUgraph graph = new CUgraph();
        try {
            work.run();
        } finally {
            capturing = false;
            Cuda.check("cuStreamEndCapture", JCudaDriver.cuStreamEndCapture(stream, graph));
        }
        CUgraphExec executable = new CUgraphExec();
        int code = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
        JCudaDriver.cuGraphDestroy(graph);
        Cuda.check("cuGraphInstantiate", code);
        return new Graph(executable);
    }

    private final class Graph implements LaunchGraph {
        private final CUgraphExec executable;
        private boolean open = true;

        Graph(CUgraphExec executable) {
            this.executable = executable;
        }

        @Override
        public void replay() {
            enterOutsideCapture("replay");
            if (!open) {
                throw new IllegalStateException("graph used after close");
            }
            Cuda.check("cuGraphLaunch", JCudaDriver.cuGraphLaunch(executable, stream));
        }

        @Override
        public void close() {
            if (open && !closed) {
                open = false;
                enter();
                Cuda.check("cuGraphExecDestroy", JCudaDriver.cuGraphExecDestroy(executable));
            }
        }
    }

    @Override
    public void synchronize() {
        enterOutsideCapture("synchronize");
        Cuda.check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter();
        JCudaDriver.cuStreamSynchronize(stream);
        live.addresses().forEach(address -> JCudaDriver.cuMemFreeAsync(RawPointer.device(address), stream));
        ring.close();
        JCudaDriver.cuStreamDestroy(stream);
        modules.values().forEach(JCudaDriver::cuModuleUnload);
        JCudaDriver.cuDevicePrimaryCtxRelease(device);
        arena.close();
        closed = true;
    }
}
