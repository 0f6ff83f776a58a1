package org.ionforge.compute.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpArguments;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.GatedMlpTraining;
import org.ionforge.compute.Precision;

/// `kernels/gated_mlp*.cu`. Activations of the whole batch lie in device memory, kept from call to call. Nothing waits for the device
/// but the read of the loss at the end of [#lossAndGradient].
final class CudaGatedMlp implements GatedMlp {

    /// Rows of one forward pass; more go in several.
    private static final int FORWARD_ROWS = 1 << 13;

    private final Device device;
    private final DeviceScratch scratch;
    private final Precision precision;
    private final ProductProviders providers;

    /// @param providers of the products in a training
    CudaGatedMlp(Device device, DeviceScratch scratch, Precision precision, ProductProviders providers) {
        this.device = device;
        this.providers = providers;
        this.scratch = scratch;
        this.precision = precision;
    }

    @Override
    public void forward(GatedMlpShape shape, Buffer parameters, Rows rows, Outputs outputs) {
        GatedMlpArguments.checkForward(shape, parameters, rows, outputs);
        Buffer[] targets = {outputs.out(), outputs.base(), outputs.sunGate(), outputs.stormGate(), outputs.sunSide(),
                outputs.stormSide()};
        for (int done = 0; done < rows.count(); done += FORWARD_ROWS) {
            int count = Math.min(FORWARD_ROWS, rows.count() - done);
            try (GatedMlpPass pass = pass(shape, parameters, count, false)) {
                pass.forward(new Rows(rows.features(), null, null, rows.index(), rows.first() + done, count), null);
                for (int i = 0; i < targets.length; i++) {
                    if (targets[i] != null) {
                        device.copy(pass.values(i).address(), ((DeviceBuffer) targets[i]).at(done).address(), count * 4L);
                    }
                }
            }
        }
    }

    @Override
    public Loss lossAndGradient(GatedMlpShape shape, Buffer parameters, Rows rows, LossOptions options, Buffer gradients) {
        GatedMlpArguments.checkLoss(shape, parameters, rows, options, gradients);
        try (GatedMlpPass pass = pass(shape, parameters, rows.count(), true);
             Arena arena = Arena.ofConfined()) {
            pass.forward(rows, null);
            pass.backward(options, (DeviceBuffer) gradients, null);
            MemorySegment figures = arena.allocate(ValueLayout.JAVA_DOUBLE, 5);
            device.download(pass.loss().address(), figures);
            double[] of = figures.toArray(ValueLayout.JAVA_DOUBLE);
            return new Loss(of[0], of[1], of[2], of[3], of[4]);
        }
    }

    @Override
    public GatedMlpTraining training(GatedMlpTraining.Setup setup) {
        return new CudaGatedMlpTraining(device, precision, providers, setup);
    }

    private GatedMlpPass pass(GatedMlpShape shape, Buffer parameters, int rows, boolean backward) {
        return new GatedMlpPass(device, scratch, precision, shape, (DeviceBuffer) parameters, rows, backward, GradientProviders.NONE);
    }
}
