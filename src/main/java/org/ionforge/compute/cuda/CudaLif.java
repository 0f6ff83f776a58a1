package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.SpikingArguments;

/// `kernels/lif.cu`: a launch forward; a launch backward, and one more for each trained parameter that adds its shares up.
final class CudaLif implements Lif, AutoCloseable {

    private final Device device;
    private final DeviceScratch scratch;

    CudaLif(Device device) {
        this.device = device;
        this.scratch = new DeviceScratch(device);
    }

    @Override
    public void forward(Shape shape, LifNeurons neurons, Currents currents, Outputs outputs) {
        SpikingArguments.checkForward(shape, neurons, currents, outputs);
        new LifLaunch(device, shape, neurons, 0, shape.neurons()).forward(whole(shape, currents), outputs);
    }

    @Override
    public void backward(Shape shape, LifNeurons neurons, Currents currents, Upstream upstream, Buffer currentGradient,
                         Gradients gradients) {
        SpikingArguments.checkBackward(shape, neurons, currents, upstream, currentGradient, gradients);
        LifLaunch launch = new LifLaunch(device, shape, neurons, 0, shape.neurons());
        scratch.begin(launch.backwardBytes(), LifLaunch.BACKWARD_PIECES);
        DevicePointer target = LifLaunch.at(currentGradient, 0);
        LifLaunch.CurrentGradient gradient = new LifLaunch.CurrentGradient(currents.constant() ? null : target,
                currents.constant() ? target : null, shape.cells(), shape.neurons());
        launch.backward(whole(shape, currents), upstream, null, gradient, gradients, scratch);
    }

    private static LifLaunch.Currents whole(Shape shape, Currents currents) {
        return new LifLaunch.Currents(LifLaunch.at(currents.values(), 0), currents.values().type(),
                currents.constant() ? 0 : shape.cells(), shape.neurons(), null);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
