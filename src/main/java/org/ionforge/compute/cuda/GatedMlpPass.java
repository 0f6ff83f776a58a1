package org.ionforge.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.Precision;
import org.ionforge.compute.cuda.vendor.MatrixProduct;
import org.ionforge.compute.cuda.vendor.VendorLibrary;

/// The launches of a batch of so many rows on its way through the network and back. A launcher method has its kernel's name, but for
/// the precision. Nothing is allocated or uploaded once it is made, so that its launches can be recorded.
final class GatedMlpPass implements AutoCloseable {

    private static final int THREADS = 256;
    private static final int TILE = 128;
    /// Outputs of a row: out, base, the gates, the sides.
    private static final int VALUES = 6;
    /// Derivatives of the loss by a row's base, gates' logits and sides.
    private static final int DERIVATIVES = 5;
    /// Columns of a block of the heads' way back.
    private static final int HEAD_COLUMNS = 64;
    /// The loss and what it is made of.
    private static final int FIGURES = 5;

    /// A dense layer with its activations: h = mish(W x + b) and, on the way back, d: mish', then the loss's derivative by z.
    private record Layer(GatedMlpLayout.Dense place, DevicePointer h, DevicePointer d) {
    }

    private final Device device;
    private final Precision precision;
    private final int operandBytes;
    private final GradientProviders libraries;
    private final GatedMlpShape shape;
    private final GatedMlpLayout layout;
    private final DeviceBuffer parameters;
    private final int rows;
    private final long table;
    private final int tensors;
    private final DevicePointer matrices;
    private final DevicePointer vectors;
    private final DevicePointer x;
    private final DevicePointer sides;
    private final DevicePointer target;
    private final DevicePointer weight;
    private final Layer trunk1;
    private final Layer trunk2;
    private final Layer heads;
    private final DevicePointer values;
    private final DevicePointer slopes;
    private final DevicePointer by;
    private final DevicePointer partial;
    private final DevicePointer partialDoubles;
    private final DevicePointer gateSums;
    private final DevicePointer loss;

    /// @param scratch   keeps the activations; another pass on the same scratch overwrites them
    /// @param libraries who multiplies for the gradients of weights
    GatedMlpPass(Device device, DeviceScratch scratch, Precision precision, GatedMlpShape shape, DeviceBuffer parameters, int rows,
                 boolean backward, GradientProviders libraries) {
        this.device = device;
        this.precision = precision;
        this.libraries = libraries;
        operandBytes = precision == Precision.BF16 ? 2 : 4;
        this.shape = shape;
        this.parameters = parameters;
        this.rows = rows;
        layout = new GatedMlpLayout(shape, rows, libraries);
        long widths = layout.trunk1.out() + layout.trunk2.out() + layout.heads.out();
        long operands = layout.matrices + rows * (layout.trunk1.in() + (backward ? 2 : 1) * widths);
        long floats = layout.vectors + rows * (2L + VALUES + (backward ? 4 + DERIVATIVES : 0)) + (backward ? layout.partials : 0);
        scratch.begin(operandBytes * operands + 4 * floats + 8 * (layout.doublePartials() + 2L * layout.rowSlices.count() + FIGURES), 20);
        matrices = operands(scratch, layout.matrices);
        vectors = scratch.floats(layout.vectors);
        device.fill(matrices.address(), (byte) 0, layout.matrices * operandBytes);
        device.fill(vectors.address(), (byte) 0, layout.vectors * Float.BYTES);
        x = operands(scratch, (long) rows * layout.trunk1.in());
        sides = scratch.floats(2L * rows);
        values = scratch.floats((long) rows * VALUES);
        target = backward ? scratch.floats(rows) : DevicePointer.NULL;
        weight = backward ? scratch.floats(rows) : DevicePointer.NULL;
        slopes = backward ? scratch.floats(2L * rows) : DevicePointer.NULL;
        by = backward ? scratch.floats((long) rows * DERIVATIVES) : DevicePointer.NULL;
        trunk1 = layer(scratch, layout.trunk1, backward);
        trunk2 = layer(scratch, layout.trunk2, backward);
        heads = layer(scratch, layout.heads, backward);
        partial = backward ? scratch.floats(layout.partials) : DevicePointer.NULL;
        partialDoubles = scratch.doubles(layout.doublePartials());
        gateSums = scratch.doubles(2L * layout.rowSlices.count());
        loss = scratch.doubles(FIGURES);
        long[] lines = layout.table();
        tensors = lines.length / GatedMlpLayout.LINE;
        table = device.allocate(lines.length * (long) Long.BYTES);
        device.upload(MemorySegment.ofArray(lines), table);
    }

    private Layer layer(DeviceScratch scratch, GatedMlpLayout.Dense place, boolean backward) {
        long size = (long) rows * place.out();
        return new Layer(place, operands(scratch, size), backward ? operands(scratch, size) : DevicePointer.NULL);
    }

    private DevicePointer operands(DeviceScratch scratch, long n) {
        return scratch.bytes(n * operandBytes);
    }

    /// One of out, base, sun gate, storm gate, sun side, storm side of every row.
    DevicePointer values(int which) {
        return row(values, which);
    }

    /// The loss, Huber, the squared error, and the gates' variances, in double.
    DevicePointer loss() {
        return loss;
    }

    /// @param run where the first row comes from; null for `batch.first()`
    void forward(GatedMlp.Rows batch, GatedMlpRun run) {
        pack();
        gather(batch, run == null ? DevicePointer.NULL : run.state());
        linearMish(x, trunk1);
        linearMish(trunk1.h, trunk2);
        linearMish(trunk2.h, heads);
        heads();
    }

    /// @param run goes on by a step; null outside a training
    void backward(GatedMlp.LossOptions options, DeviceBuffer gradients, GatedMlpRun run) {
        gateSumsF64();
        residualsF32(options);
        lossF64(options, run);
        sidecarGradientF64();
        headsBack();
        weightGradient(heads, trunk2.h, libraries.heads());
        inputGradient(heads, trunk2);
        weightGradient(trunk2, trunk1.h, libraries.trunk2());
        if (trunk2.place.byLibrary()) {
            columnSums(trunk2); // the heads' biases have theirs from headsBack
        }
        inputGradient(trunk2, trunk1);
        narrowGradient();
        addSlicesF32(gradients, run == null ? DevicePointer.NULL : run.state());
    }

    private void pack() {
        device.launch(of("gated_mlp_pack"), Grid.covering(shape.parameters(), THREADS), parameters, new DevicePointer(table), tensors,
                (long) shape.parameters(), layout.matrices, matrices, vectors);
    }

    private void gather(GatedMlp.Rows batch, DevicePointer cursor) {
        int wide = layout.trunk1.in();
        device.launch(of("gated_mlp_gather"), Grid.covering((long) rows * wide, THREADS), batch.features(), orNull(batch.targets()),
                orNull(batch.weights()), orNull(batch.index()), batch.features().length() / shape.inputs(), cursor, batch.first(),
                (long) rows, shape.inputs(), shape.trunkInputs(), shape.sunInput(), shape.stormInput(), wide, x, sides, target, weight);
    }

    private static DevicePointer orNull(Buffer buffer) {
        return buffer == null ? DevicePointer.NULL : ((DeviceBuffer) buffer).at(0);
    }

    private void linearMish(DevicePointer input, Layer layer) {
        GatedMlpLayout.Dense place = layer.place;
        device.launch(of("gated_mlp_linear_mish"), tiles(rows, place.out(), 1), input, matrix(place),
                element(vectors, place.bias()), layer.h, layer.d, (long) rows, place.in(), place.out(), place.outTrue());
    }

    private void heads() {
        device.launch(reading("gated_mlp_heads"), Grid.covering(rows * 32L, THREADS), heads.h, sides, element(vectors, layout.last), constant(0),
                constant(1), constant(2), side(0), side(1), layout.wideBase, layout.wideGate, shape.sidecarHidden(), values, slopes,
                (long) rows);
    }

    /// The last bias of a head.
    private DevicePointer constant(int head) {
        return parameters.at(shape.tensor(GatedMlpLayout.HEADS[head] + ".2.bias").offset());
    }

    /// The parameters of a sidecar.
    private DevicePointer side(int which) {
        return parameters.at(shape.tensor(GatedMlpLayout.SIDES[which] + ".1.weight").offset());
    }

    private void gateSumsF64() {
        device.launch("gated_mlp_gate_sums_f64", Grid.of(layout.rowSlices.count(), THREADS), values, (long) rows,
                (long) layout.rowSlices.rows(), gateSums);
    }

    private void residualsF32(GatedMlp.LossOptions options) {
        device.launch("gated_mlp_residuals_f32", Grid.of(layout.rowSlices.count(), THREADS), values, slopes, target, weight, gateSums,
                options.huberDelta(), options.gateVariance(), (long) rows, (long) layout.rowSlices.rows(), by, partialDoubles);
    }

    private void lossF64(GatedMlp.LossOptions options, GatedMlpRun run) {
        GatedMlpRun.Arguments of = run == null ? GatedMlpRun.Arguments.NONE : run.arguments();
        device.launch("gated_mlp_loss_f64", Grid.of(1, 32), partialDoubles, layout.rowSlices.count(), (long) rows, options.gateVariance(), loss,
                of.state(), of.ring(), of.capacity(), of.beta1(), of.beta2());
    }

    private void sidecarGradientF64() {
        device.launch("gated_mlp_sidecar_gradient_f64", new Grid(layout.rowSlices.count(), shape.sidecarHidden(), 2, THREADS, 1, 1, 0), sides,
                side(0), side(1), shape.sidecarHidden(), row(by, 3), (long) rows, (long) layout.rowSlices.rows(),
                new DevicePointer(partialDoubles.address() + layout.sidecarSums() * Double.BYTES));
    }

    private void headsBack() {
        device.launch(of("gated_mlp_heads_back"), new Grid(Math.ceilDiv(layout.heads.out(), HEAD_COLUMNS), layout.rowSlices.count(), 1, THREADS,
                1, 1, 0), by, element(vectors, layout.last), heads.h, heads.d, layout.wideBase, layout.wideGate, (long) rows,
                (long) layout.rowSlices.rows(), element(partial, layout.headSums));
    }

    private void inputGradient(Layer layer, Layer below) {
        device.launch(of("gated_mlp_input_gradient"), tiles(rows, layer.place.in(), 1), layer.d, matrix(layer.place),
                below.d, (long) rows, layer.place.in(), layer.place.out(), below.place.outTrue());
    }

    /// The libraries that multiply faster than we do for the gradients, at this number of rows.
    GradientProviders faster(ProductProviders providers) {
        return new GradientProviders(providers.fasterAt(product(trunk2), () -> weightGradient(trunk2, trunk1.h, Optional.empty())),
                providers.fasterAt(product(heads), () -> weightGradient(heads, trunk2.h, Optional.empty())));
    }

    private MatrixProduct product(Layer layer) {
        return new MatrixProduct(switch (precision) {
            case FP32 -> MatrixProduct.Type.FP32;
            case TF32 -> MatrixProduct.Type.TF32;
            case BF16 -> MatrixProduct.Type.BF16;
        }, MatrixProduct.Form.COLUMNS_BY_COLUMNS, layer.place.out(), layer.place.in(), rows);
    }

    private void weightGradient(Layer layer, DevicePointer input, Optional<VendorLibrary> library) {
        GatedMlpLayout.Dense place = layer.place;
        if (library.isPresent()) {
            library.get().multiply(product(layer), layer.d.address(), input.address(), element(partial, place.partial()).address());
            return;
        }
        device.launch(of("gated_mlp_weight_gradient"), tiles(place.out(), place.in(), place.slices().count()), layer.d, input,
                element(partial, place.partial()), (long) rows, place.in(), place.out(), (long) place.slices().rows());
    }

    private void columnSums(Layer layer) {
        GatedMlpLayout.Dense place = layer.place;
        device.launch(reading("gated_mlp_column_sums"), new Grid(Math.ceilDiv(place.out(), HEAD_COLUMNS), place.biasSlices().count(), 1, THREADS,
                1, 1, 0), layer.d, place.out(), (long) rows, (long) place.biasSlices().rows(), element(partial, place.biasPartial()));
    }

    private void narrowGradient() {
        GatedMlpLayout.Dense place = trunk1.place;
        device.launch(reading("gated_mlp_narrow_gradient"), new Grid(Math.ceilDiv(place.out(), TILE), place.slices().count(),
                place.in() / GatedMlpLayout.WIDTH, THREADS, 1, 1, 0), trunk1.d, x, element(partial, place.partial()), (long) rows, place.in(),
                place.out(), (long) place.slices().rows());
    }

    private void addSlicesF32(DeviceBuffer gradients, DevicePointer state) {
        device.launch("gated_mlp_add_slices_f32", Grid.covering(shape.parameters(), THREADS), partial, partialDoubles,
                new DevicePointer(table), tensors, (long) shape.parameters(), state, gradients);
    }

    /// The weights of a layer.
    private DevicePointer matrix(GatedMlpLayout.Dense place) {
        return new DevicePointer(matrices.address() + place.weight() * operandBytes);
    }

    /// The kernel of that name whose operands have this pass's precision.
    private String of(String kernel) {
        return kernel + switch (precision) {
            case FP32 -> "_f32";
            case TF32 -> "_tf32";
            case BF16 -> "_bf16";
        };
    }

    /// The same for a kernel that only reads operands: TF32 is read as it is.
    private String reading(String kernel) {
        return kernel + (precision == Precision.BF16 ? "_bf16" : "_f32");
    }

    private DevicePointer row(DevicePointer matrix, int row) {
        return element(matrix, (long) row * rows);
    }

    private static DevicePointer element(DevicePointer floats, long at) {
        return new DevicePointer(floats.address() + at * Float.BYTES);
    }

    private static Grid tiles(int rows, int columns, int z) {
        return new Grid(Math.ceilDiv(rows, TILE), Math.ceilDiv(columns, TILE), z, THREADS, 1, 1, 0);
    }

    @Override
    public void close() {
        device.free(table);
    }
}
