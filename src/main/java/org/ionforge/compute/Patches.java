package org.ionforge.compute;

/// Patches of channel-last maps as rows of a matrix, which make a convolution a product with weights `[N, K]`, with a sum-pool
/// folded in; and the transpose, which takes gradients back.
///
/// ```
/// pooled[r, y, x, c] = Σ_dy Σ_dx map[r, y·pool + dy, x·pool + dx, c]        0 ≤ dy, dx < pool
/// rows[r·P + p, (ky·kw + kx)·C + c] = pooled[r, py·stride + ky − padding, px·stride + kx − padding, c]    0 outside
/// ```
///
/// with p = py·outWidth + px. A rest at the right and lower edge that fills no square of the pool, or no step of the kernel, is
/// left out. A layer that sees everything is the patch that is as large as the pooled map ([Shape#whole]): P = 1.
///
/// The map of an image r is `[H·W, C]`; images of T steps are r = t·B + b, so that rows come out time-major too. What a map and
/// the rows of it may be:
///
/// | map | `[R, …]` | rows | `[R·P, …]` |
/// |---|---|---|---|
/// | spikes U32 | `[H·W, ⌈C/32⌉]`, bits past C may be anything | U32, pool 1 | `[⌈K/32⌉]`, bits past K are 0 |
/// | | | U8, pool² ≤ 255; F32 | `[K]`: counts of spikes |
/// | U8 | `[H·W, C]` | U8, pool 1; F32 | `[K]` |
/// | F32 | `[H·W, C]` | F32 | `[K]` |
///
/// Sums of floats run over dy, then dx, each addition rounded; those of bits and bytes are exact. Moves what it reads and writes
/// and adds at most once an element: bound by memory. Equal to the bit in every room.
public interface Patches {

    /// @param images       R, 1 or more
    /// @param height       H of the map, before the pool
    /// @param width        W of the map, before the pool
    /// @param channels     C
    /// @param pool         edge of the squares that are summed, 1 for none
    /// @param kernelHeight rows of a patch, in the pooled map
    /// @param kernelWidth  columns of a patch
    /// @param stride       of patches, both ways
    /// @param padding      zeros on each side of the pooled map, fewer than the kernel has rows and columns
    record Shape(int images, int height, int width, int channels, int pool, int kernelHeight, int kernelWidth, int stride, int padding) {

        public Shape {
            if (images < 1 || height < 1 || width < 1 || channels < 1) {
                throw new IllegalArgumentException("no " + images + " maps of " + height + "×" + width + "×" + channels);
            }
            if (pool < 1 || pool > height || pool > width) {
                throw new IllegalArgumentException("no pool of " + pool + "×" + pool + " on a map of " + height + "×" + width);
            }
            if (kernelHeight < 1 || kernelWidth < 1 || stride < 1 || padding < 0 || padding >= kernelHeight || padding >= kernelWidth
                    || height / pool + 2L * padding < kernelHeight || width / pool + 2L * padding < kernelWidth) {
                throw new IllegalArgumentException("no patches of " + kernelHeight + "×" + kernelWidth + ", stride " + stride + ", padding "
                        + padding + " on a map of " + height / pool + "×" + width / pool);
            }
            Math.multiplyExact(Math.multiplyExact(height, width), channels);
            Math.multiplyExact(Math.multiplyExact(kernelHeight, kernelWidth), channels);
        }

        /// One patch an image, which is the whole pooled map.
        public static Shape whole(int images, int height, int width, int channels, int pool) {
            return new Shape(images, height, width, channels, pool, height / pool, width / pool, 1, 0);
        }

        /// The same of another number of images.
        public Shape of(int images) {
            return new Shape(images, height, width, channels, pool, kernelHeight, kernelWidth, stride, padding);
        }

        public int pooledHeight() {
            return height / pool;
        }

        public int pooledWidth() {
            return width / pool;
        }

        /// Patches from top to bottom.
        public int outHeight() {
            return (pooledHeight() + 2 * padding - kernelHeight) / stride + 1;
        }

        /// Patches from left to right.
        public int outWidth() {
            return (pooledWidth() + 2 * padding - kernelWidth) / stride + 1;
        }

        /// P: patches of an image.
        public int positions() {
            return outHeight() * outWidth();
        }

        /// R·P.
        public long rows() {
            return (long) images * positions();
        }

        /// K: elements of a patch.
        public int inputs() {
            return kernelHeight * kernelWidth * channels;
        }

        /// Words of a row of bits.
        public int inputWords() {
            return (inputs() + 31) >>> 5;
        }

        /// Words of a position of a map of spikes.
        public int channelWords() {
            return (channels + 31) >>> 5;
        }

        /// Elements of all maps, which a buffer of `type` holds.
        public long mapElements(ElementType type) {
            return (long) images * height * width * (type == ElementType.U32 ? channelWords() : channels);
        }

        /// Elements of all rows, which a buffer of `type` holds.
        public long rowElements(ElementType type) {
            return Math.multiplyExact(rows(), type == ElementType.U32 ? inputWords() : inputs());
        }
    }

    /// @param maps spikes U32, U8 or F32
    /// @param rows of a type of the table, another buffer
    /// @throws IllegalArgumentException naming the argument that is too short or of a wrong type
    void gather(Shape shape, Buffer maps, Buffer rows);

    /// The transpose: each element of a map gets the sum over the patches that saw its square of the pool, 0 if none did. The sum
    /// starts at 0 and runs over p upwards, each addition rounded to float.
    ///
    /// @param rows F32 `[R·P, K]`: gradient of what [#gather] wrote
    /// @param maps F32 `[R, H·W, C]`, another buffer
    /// @throws IllegalArgumentException naming the argument that is too short or of a wrong type
    void scatter(Shape shape, Buffer rows, Buffer maps);

    /// The checks that every room makes before it touches memory.
    static void checkGather(Shape shape, Buffer maps, Buffer rows) {
        ElementType from = maps.type();
        ElementType to = rows.type();
        boolean fits = switch (from) {
            case U32 -> to == ElementType.F32 || to == ElementType.U32 && shape.pool() == 1
                    || to == ElementType.U8 && shape.pool() <= 15;
            case U8 -> to == ElementType.F32 || to == ElementType.U8 && shape.pool() == 1;
            case F32 -> to == ElementType.F32;
            default -> false;
        };
        if (!fits) {
            throw new IllegalArgumentException("no patches in " + to + " of maps in " + from + " with a pool of " + shape.pool());
        }
        Operands.require("maps", maps, from, shape.mapElements(from));
        Operands.require("rows", rows, to, shape.rowElements(to));
    }

    /// The checks that every room makes before it touches memory.
    static void checkScatter(Shape shape, Buffer rows, Buffer maps) {
        Operands.require("rows", rows, ElementType.F32, shape.rowElements(ElementType.F32));
        Operands.require("maps", maps, ElementType.F32, shape.mapElements(ElementType.F32));
    }
}
