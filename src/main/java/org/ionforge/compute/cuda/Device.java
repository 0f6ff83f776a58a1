package org.ionforge.compute.cuda;

import java.lang.foreign.MemorySegment;

/// Where CUDA kernels run, with memory of its own. Work is done in the order it was asked for; [#download] and
/// [#synchronize] wait for it.
///
/// Addresses are plain numbers, valid on this device from [#allocate] to [#free]. One thread at a time uses a device.
public sealed interface Device extends AutoCloseable permits JCudaDevice, EmulatedDevice {

    /// Name of the backend that runs on it: `cuda` or `emulator`.
    String name();

    /// One line for people.
    String description();

    /// The generation of GPU that it is, or stands for.
    ComputeCapability capability();

    /// Blocks run on so many processors at once.
    int multiprocessors();

    /// Whether there is such a kernel for this generation.
    boolean has(String kernel);

    /// Bytes of device memory, with undefined contents, at an address that is a multiple of 256.
    ///
    /// @throws OutOfMemoryError if they are not to be had
    long allocate(long bytes);

    void free(long address);

    /// Allocations not yet freed; of a closed device those that closing it had to free.
    int liveAllocations();

    /// Most bytes allocated at a time so far, or since [#restartPeak].
    long peakBytes();

    /// Looks for the most anew.
    ///
    /// @return bytes that are allocated now
    long restartPeak();

    /// Copies host memory to the device. The source may be reused when the call returns.
    void upload(MemorySegment source, long address);

    /// Copies device memory to the host, after all work before it.
    void download(long address, MemorySegment target);

    void copy(long from, long to, long bytes);

    void fill(long address, byte value, long bytes);

    /// Runs a kernel of the archive.
    ///
    /// @param arguments one for each parameter: a [DeviceBuffer] of this device or a [DevicePointer] for a pointer, `Integer`,
    ///                  `Long`, `Float` or `Double`, of exactly the parameter's size, or a [TensorMap]
    /// @throws IllegalArgumentException if there is no such kernel for this generation, or an argument cannot be passed
    void launch(String kernel, Grid grid, Object... arguments);

    /// Writes a tensor map as kernels of this device take it.
    ///
    /// @param target [TensorMap#BYTES] at a multiple of [TensorMap#ALIGNMENT]
    void encode(TensorMap map, MemorySegment target);

    /// Runs a kernel with a thread an element, in blocks of 256; with no element there is nothing to do.
    default void launchEach(String kernel, long elements, Object... arguments) {
        if (elements > 0) {
            launch(kernel, Grid.covering(elements, 256), arguments);
        }
    }

    /// Records what `work` asks of this device (launches, copies on the device and fills; nothing else is possible meanwhile)
    /// without doing it. The arguments are kept by value.
    LaunchGraph capture(Runnable work);

    /// Waits until all work is done.
    void synchronize();

    @Override
    void close();
}
