package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;

/// The launches of one batch on its way through the network and back. A launcher method has its kernel's name.
final class GatedMlpPass {

    private static final int THREADS = 256;
    private static final int TILE_ROWS = 128;
    private static final int TILE_COLUMNS = 64;
    /// Sums over rows are cut into this many slices at most, each of this many rows at least: by the batch size alone.
    private static final int MOST_SLICES = 64;
    private static final int SLICE_ROWS = 512;
    private static final int VALUES = 6;
    private static final int DERIVATIVES = 5;
    private static final int LOSS_SUMS = 4;

    private static final String[] HEADS = {"base", "sunGate", "stormGate"};
    private static final String[] SIDES = {"sunSide", "stormSide"};

    /// A dense layer with its activations: h = mish(W x + b) and, on the way back, d: mish', then the loss's derivative by z.
    private record Layer(long weight, long bias, int in, int out, DevicePointer h, DevicePointer d) {
    }

    private final Device device;
    private final GatedMlpShape shape;
    private final DeviceBuffer parameters;
    private final int rows;
    private final long sliceRows;
    private final int slices;
    private final DevicePointer x;
    private final DevicePointer target;
    private final DevicePointer weight;
    private final Layer trunk1;
    private final Layer trunk2;
    private final Layer[] heads = new Layer[HEADS.length];
    private final DevicePointer values;
    private final DevicePointer slopes;
    private final DevicePointer by;
    private final DevicePointer trunkGradient;
    private final DevicePointer partial;
    private final DevicePointer partialDoubles;
    private final DevicePointer gateSums;
    private final DevicePointer lossSums;

    GatedMlpPass(Device device, DeviceScratch scratch, GatedMlpShape shape, DeviceBuffer parameters, int rows, boolean backward) {
        this.device = device;
        this.shape = shape;
        this.parameters = parameters;
        this.rows = rows;
        sliceRows = Math.max(SLICE_ROWS, Math.ceilDiv(rows, MOST_SLICES));
        slices = Math.toIntExact(Math.ceilDiv(rows, sliceRows));
        int widths = shape.hidden1() + shape.hidden2() + shape.baseHidden() + 2 * shape.gateHidden();
        long perRow = shape.inputs() + 2 + 2L * widths + shape.hidden2() + VALUES + 2 + DERIVATIVES;
        long largest = Math.max((shape.trunkInputs() + 1L) * shape.hidden1(), Math.max((shape.hidden1() + 1L) * shape.hidden2(),
                (shape.hidden2() + 1L) * Math.max(shape.baseHidden(), shape.gateHidden())));
        largest = Math.max(largest, Math.max(shape.baseHidden(), shape.gateHidden()) + 1L);
        int doubles = Math.max(LOSS_SUMS, 3 * shape.sidecarHidden() + 1);
        scratch.begin(4 * (rows * perRow + slices * largest) + 8L * ((long) slices * doubles + 2 + LOSS_SUMS), 24);
        x = scratch.floats((long) rows * shape.inputs());
        target = scratch.floats(rows);
        weight = scratch.floats(rows);
        trunk1 = layer(scratch, "trunk.1", backward);
        trunk2 = layer(scratch, "trunk.2", backward);
        for (int i = 0; i < HEADS.length; i++) {
            heads[i] = layer(scratch, HEADS[i] + ".1", backward);
        }
        values = scratch.floats((long) rows * VALUES);
        slopes = backward ? scratch.floats(2L * rows) : DevicePointer.NULL;
        by = scratch.floats((long) rows * DERIVATIVES);
        trunkGradient = scratch.floats((long) rows * shape.hidden2());
        partial = scratch.floats(slices * largest);
        partialDoubles = scratch.doubles((long) slices * doubles);
        gateSums = scratch.doubles(2);
        lossSums = scratch.doubles(LOSS_SUMS);
    }

    private Layer layer(DeviceScratch scratch, String name, boolean backward) {
        GatedMlp.Tensor tensor = shape.tensor(name + ".weight");
        long size = (long) rows * tensor.rows();
        return new Layer(tensor.offset(), shape.tensor(name + ".bias").offset(), tensor.columns(), tensor.rows(), scratch.floats(size),
                backward ? scratch.floats(size) : DevicePointer.NULL);
    }

    /// One of out, base, sun gate, storm gate, sun side, storm side of every row.
    DevicePointer values(int which) {
        return row(values, which);
    }

    /// Sums of Huber·weight, squared error, and the gates' squared deviations.
    DevicePointer lossSums() {
        return lossSums;
    }

    void forward(GatedMlp.Rows batch) {
        gatherF32(batch);
        linearMishF32(x, shape.inputs(), trunk1);
        linearMishF32(trunk1.h, trunk1.out, trunk2);
        for (Layer head : heads) {
            linearMishF32(trunk2.h, trunk2.out, head);
        }
        headsF32();
    }

    void backward(GatedMlp.LossOptions options, DeviceBuffer gradients) {
        device.launch("gated_mlp_gate_sums_f64", Grid.of(slices, THREADS), values, (long) rows, sliceRows, partialDoubles);
        addSlicesF64(2, gateSums);
        device.launch("gated_mlp_residuals_f32", Grid.of(slices, THREADS), values, slopes, target, weight, gateSums,
                options.huberDelta(), options.gateVariance(), (long) rows, sliceRows, by, partialDoubles);
        addSlicesF64(LOSS_SUMS, lossSums);
        for (int k = 0; k < SIDES.length; k++) {
            sidecarGradientF64(SIDES[k], k == 0 ? shape.sunInput() : shape.stormInput(), row(by, 3 + k), gradients);
        }
        for (int i = 0; i < heads.length; i++) {
            Layer head = heads[i];
            long last = shape.tensor(HEADS[i] + ".2.weight").offset();
            weightGradientF32(row(by, i), 1, head.h, head.out, head.out, gradients.at(last));
            device.launch("gated_mlp_head_gradient_f32", Grid.covering((long) rows * head.out, THREADS), row(by, i),
                    parameters.at(last), head.d, (long) rows, head.out);
            weightGradientF32(head.d, head.out, trunk2.h, trunk2.out, trunk2.out, gradients.at(head.weight));
            inputGradientF32(head, trunkGradient, i > 0, i == heads.length - 1 ? trunk2.d : DevicePointer.NULL);
        }
        weightGradientF32(trunkGradient, trunk2.out, trunk1.h, trunk1.out, trunk1.out, gradients.at(trunk2.weight));
        inputGradientF32(new Layer(trunk2.weight, trunk2.bias, trunk2.in, trunk2.out, trunk2.h, trunkGradient), trunk1.d, false,
                trunk1.d);
        weightGradientF32(trunk1.d, trunk1.out, x, shape.inputs(), shape.trunkInputs(), gradients.at(trunk1.weight));
    }

    private DevicePointer row(DevicePointer matrix, int row) {
        return new DevicePointer(matrix.address() + (long) row * rows * Float.BYTES);
    }

    private void gatherF32(GatedMlp.Rows batch) {
        device.launch("gated_mlp_gather_f32", Grid.covering((long) rows * shape.inputs(), THREADS), batch.features(),
                orNull(batch.targets()), orNull(batch.weights()), orNull(batch.index()), batch.features().length() / shape.inputs(),
                batch.first(), (long) rows, shape.inputs(), x, target, weight);
    }

    private static DevicePointer orNull(Buffer buffer) {
        return buffer == null ? DevicePointer.NULL : ((DeviceBuffer) buffer).at(0);
    }

    private void linearMishF32(DevicePointer input, int stride, Layer layer) {
        device.launch("gated_mlp_linear_mish_f32", tiles(rows, layer.out, 1), input, (long) stride, parameters.at(layer.weight),
                parameters.at(layer.bias), layer.h, layer.d, (long) rows, layer.in, layer.out);
    }

    private void headsF32() {
        device.launch("gated_mlp_heads_f32", Grid.covering(rows * 32L, THREADS), x, shape.inputs(), shape.sunInput(),
                shape.stormInput(), heads[0].h, heads[1].h, heads[2].h, last(0), last(1), last(2), parameters.at(side(SIDES[0])),
                parameters.at(side(SIDES[1])), shape.baseHidden(), shape.gateHidden(), shape.sidecarHidden(), values, slopes,
                (long) rows);
    }

    private DevicePointer last(int head) {
        return parameters.at(shape.tensor(HEADS[head] + ".2.weight").offset());
    }

    private long side(String name) {
        return shape.tensor(name + ".1.weight").offset();
    }

    /// `scale` null: as it is; else times it.
    private void inputGradientF32(Layer layer, DevicePointer byInput, boolean add, DevicePointer scale) {
        device.launch("gated_mlp_input_gradient_f32", tiles(rows, layer.in, 1), layer.d, parameters.at(layer.weight), byInput,
                add ? 1 : 0, scale, (long) rows, layer.in, layer.out);
    }

    private void weightGradientF32(DevicePointer byZ, int out, DevicePointer input, int stride, int in, DevicePointer gradient) {
        device.launch("gated_mlp_weight_gradient_f32", tiles(out, in + 1, slices), byZ, input, (long) stride, partial, (long) rows, in,
                out, sliceRows);
        device.launch("gated_mlp_add_slices_f32", Grid.covering((in + 1L) * out, THREADS), partial, slices, gradient, in, out);
    }

    private void sidecarGradientF64(String name, int input, DevicePointer bySide, DeviceBuffer gradients) {
        int hidden = shape.sidecarHidden();
        int count = 3 * hidden + 1;
        device.launch("gated_mlp_sidecar_gradient_f64", new Grid(slices, hidden, 1, THREADS, 1, 1, 0), x, shape.inputs(), input,
                parameters.at(side(name)), hidden, bySide, (long) rows, sliceRows, partialDoubles);
        device.launch("gated_mlp_add_slices_f64_f32", Grid.covering(count, THREADS), partialDoubles, slices, count,
                gradients.at(side(name)));
    }

    private void addSlicesF64(int count, DevicePointer sums) {
        device.launch("gated_mlp_add_slices_f64", Grid.covering(count, THREADS), partialDoubles, slices, count, sums);
    }

    private static Grid tiles(int rows, int columns, int z) {
        return new Grid(Math.ceilDiv(rows, TILE_ROWS), Math.ceilDiv(columns, TILE_COLUMNS), z, THREADS, 1, 1, 0);
    }
}
