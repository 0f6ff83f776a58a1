package org.ionforge.compute;

/// A spiking layer behind patches of maps: every patch is a sample of a [SpikingLinear], and the layer's N neurons stand at each of the P positions.
///
/// ```
/// forward    rows = Patches.gather(maps)                  SpikingLinear.forward(rows)
/// backward   SpikingLinear.backward(rows) → by rows       by maps = Patches.scatter(by rows)
/// ```
///
/// Those operations of a room, one behind the other, are the definition, to the bit: a room that never has all rows in memory adds up in the
/// same order. Rows are spikes where maps are spikes and the pool is 1, else F32. With kernels of k² each element of a map is in up to k²
/// of the rows: it is memory that the rows cost, not arithmetic.
///
/// Keeps from call to call what it works in; not for two threads at a time.
public interface SpikingConvolution extends AutoCloseable {

    /// @param steps   T, 1 or more
    /// @param patches of the maps of one step: its images are the batch B
    /// @param neurons N, 1 or more
    record Shape(int steps, Patches.Shape patches, int neurons) {

        public Shape {
            new Lif.Shape(steps, Math.toIntExact(patches.rows()), neurons);
        }

        /// The layer's: sample b·P + p is patch p of image b.
        public SpikingLinear.Shape linear() {
            return new SpikingLinear.Shape(steps, Math.toIntExact(patches.rows()), patches.inputs(), neurons);
        }

        /// Of all maps of an input: B of a constant one, T·B else.
        public Patches.Shape patches(SpikingLinear.Input maps) {
            return maps.kind() == SpikingLinear.Input.Kind.CONSTANT ? patches : patches.of(Math.multiplyExact(steps, patches.images()));
        }

        /// Whether the rows of these maps are spikes.
        public boolean rowsSpike(SpikingLinear.Input maps) {
            return maps.kind() == SpikingLinear.Input.Kind.SPIKES && patches.pool() == 1;
        }
    }

    /// @param maps U32 spikes `[T, B, H·W, ⌈C/32⌉]`, or F32, `[B, H·W, C]` if constant, `[T, B, H·W, C]` else
    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or missing
    void forward(Shape shape, SpikingLinear.Layer layer, SpikingLinear.Input maps, SpikingLinear.Outputs outputs);

    /// @param shape     of the last forward
    /// @param maps      of the last forward
    /// @param currents  as in [SpikingLinear#backward]
    /// @param gradients as in [SpikingLinear#backward], but `input` is by the maps: F32 `[T, B, H·W, C]`, `[B, H·W, C]` of a constant input
    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or missing
    void backward(Shape shape, SpikingLinear.Layer layer, SpikingLinear.Input maps, Buffer currents, SpikingLinear.Upstream upstream,
                  SpikingLinear.Gradients gradients);

    @Override
    void close();
}
