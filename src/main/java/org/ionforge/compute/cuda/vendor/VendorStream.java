package org.ionforge.compute.cuda.vendor;

import jcuda.driver.CUstream;

/// Where a library's work goes: the stream of a device, and memory beside it.
public interface VendorStream {

    CUstream stream();

    /// The same as a `CUstream`, or `cudaStream_t`, in C.
    long streamAddress();

    /// Makes the calling thread one that works on the device, as a library's calls need it.
    void makeCurrent();

    /// Device memory at a multiple of 256.
    long allocate(long bytes);

    void free(long address);
}
