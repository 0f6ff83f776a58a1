package org.ionforge.compute.cuda;

/// An address on a [Device], to pass to a kernel: a place inside a [DeviceBuffer], or none.
public record DevicePointer(long address) {

    /// What a kernel sees as `nullptr`.
    public static final DevicePointer NULL = new DevicePointer(0);
}
