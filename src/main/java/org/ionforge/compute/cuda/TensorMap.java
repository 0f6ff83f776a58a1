package org.ionforge.compute.cuda;

/// What a kernel gets to know of an array that it copies boxes out of (`kernels/bulk.cuh`): 32-bit words, `[planes][rows][words]` without
/// gaps. What of a box lies outside the array is zero in shared memory.
///
/// @param array      where it begins, at a multiple of 16
/// @param words      of a row, a multiple of 4
/// @param boxWords   of a row of a box, a multiple of 4 up to 256
/// @param boxRows    1 to 256
/// @param boxPlanes  1 to 256
/// @param swizzled   whether pieces of 16 bytes change places within 128 on their way; rows of a box are 128 bytes then
record TensorMap(DeviceBuffer array, int words, int rows, int planes, int boxWords, int boxRows, int boxPlanes, boolean swizzled) {

    /// Bytes of the form in which a kernel takes it, at a multiple of 64.
    static final int BYTES = 128;
    static final int ALIGNMENT = 64;

    /// Bytes from row to row, and from plane to plane.
    long[] pitches() {
        return new long[] {4L * words, 4L * words * rows};
    }

    /// Words, rows, planes.
    long[] size() {
        return new long[] {words, rows, planes};
    }

    /// Words, rows, planes of a box.
    int[] box() {
        return new int[] {boxWords, boxRows, boxPlanes};
    }
}
