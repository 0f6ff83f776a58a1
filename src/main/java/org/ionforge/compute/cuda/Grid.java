package org.ionforge.compute.cuda;

/// Launch geometry.
///
/// @param x            blocks in x
/// @param y            blocks in y
/// @param z            blocks in z
/// @param blockX       threads of a block in x
/// @param blockY       threads of a block in y
/// @param blockZ       threads of a block in z
/// @param sharedBytes  dynamic shared memory of a block
public record Grid(int x, int y, int z, int blockX, int blockY, int blockZ, int sharedBytes) {

    public Grid {
        if (x < 1 || y < 1 || z < 1 || blockX < 1 || blockY < 1 || blockZ < 1 || sharedBytes < 0) {
            throw new IllegalArgumentException("not a launch geometry: " + x + "×" + y + "×" + z + " blocks of " + blockX + "×"
                    + blockY + "×" + blockZ + " threads with " + sharedBytes + " shared bytes");
        }
    }

    /// `blocks` blocks of `threads` threads in one dimension.
    public static Grid of(int blocks, int threads) {
        return new Grid(blocks, 1, 1, threads, 1, 1, 0);
    }

    /// Enough blocks of `threads` threads for one thread an element.
    ///
    /// @param n elements, 1 or more
    public static Grid covering(long n, int threads) {
        return of(Math.toIntExact(Math.ceilDiv(n, threads)), threads);
    }

    /// The same with dynamic shared memory.
    public Grid withShared(int bytes) {
        return new Grid(x, y, z, blockX, blockY, blockZ, bytes);
    }
}
