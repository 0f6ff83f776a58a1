package org.ionforge.compute.cuda;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/// Addresses as numbers: JCuda keeps them in its pointer objects, where only a subclass can see them.
final class RawPointer extends Pointer {

    RawPointer() {
    }

    /// Host memory at that address.
    RawPointer(long address) {
        super(address);
    }

    long address() {
        return getNativePointer() + getByteOffset();
    }

    /// Device memory at that address.
    static CUdeviceptr device(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }

    /// A device pointer that a call fills in and whose address can be read.
    static final class Out extends CUdeviceptr {
        long address() {
            return getNativePointer() + getByteOffset();
        }
    }
}
