package org.ionforge.compute;

import java.lang.foreign.MemorySegment;

/// One room in which every operation runs. Buffers of one backend are used with that backend only.
///
/// Operations run in the order they were called; a host-addressable backend has finished an operation when the call
/// returns, a device backend when a download or [#synchronize()] returns. Same inputs, same seed, same backend: same bits,
/// whatever the number of threads.
public interface Backend extends AutoCloseable {

    /// `reference`, `cpu`, `cuda`, or `emulator` (the CUDA kernels run on the host, for tests).
    String name();

    /// One line for people: the device, and the instruction set or architecture in use.
    String description();

    /// Whether [Buffer#host()] works.
    boolean hostAddressable();

    /// A buffer of `length` elements with undefined contents.
    ///
    /// @throws OutOfMemoryError if the memory is not to be had; the message names the request and the device
    Buffer allocate(ElementType type, long length);

    /// A buffer that holds the bytes of `host`: the same memory, not copied, on a host-addressable backend (the caller keeps
    /// it alive and `close` leaves it alone), a device copy elsewhere. For operands that are read.
    ///
    /// @param host memory off the heap: native code cannot hold an address inside a Java array
    Buffer load(ElementType type, MemorySegment host);

    /// Number of buffers allocated or loaded and not yet closed.
    int liveBuffers();

    /// Most bytes of its memory that were taken at a time since it was opened, or since [#restartPeak]: buffers, and on a device also what operations keep for
    /// themselves there. Host memory that is only looked at ([#load]) does not count.
    long peakBytes();

    /// Looks for the most anew.
    ///
    /// @return bytes that are taken now
    long restartPeak();

    void synchronize();

    GridSquares gridSquares();

    GreatCircle greatCircle();

    SolarElevation solarElevation();

    SilverEmbedding silverEmbedding();

    SamplingKeys samplingKeys();

    SpotKeys spotKeys();

    RadixSort radixSort();

    GroupedMedians groupedMedians();

    Reductions reductions();

    /// Products in FP32.
    default GatedMlp gatedMlp() {
        return gatedMlp(Precision.FP32);
    }

    GatedMlp gatedMlp(Precision precision);

    AdamW adamW();

    FakeQuantisation fakeQuantisation();

    Observers observers();

    Sgd sgd();

    RmsProp rmsProp();

    GradientNorm gradientNorm();

    RandomFill randomFill();

    CrossEntropy crossEntropy();

    ActivityLosses activityLosses();

    BatchRows batchRows();

    Patches patches();

    QuantizedGemm quantizedGemm();

    Lif lif();

    SpikingLinear spikingLinear();

    /// With scratch of its own, which the caller closes.
    default SpikingConvolution spikingConvolution() {
        return new GatheredConvolution(this);
    }

    @Override
    void close();
}
