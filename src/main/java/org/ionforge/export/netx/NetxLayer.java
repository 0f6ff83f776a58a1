package org.ionforge.export.netx;

/// One layer of a netx network. Arrays are not copied; nobody writes to them.
public sealed interface NetxLayer {

    NetxNeuron neuron();

    /// Number of neurons.
    int size();

    /// Bias of each neuron, or of each channel of a convolution; empty for none.
    int[] bias();

    /// Neurons that get no spikes but a constant current each, such as an encoded pixel.
    ///
    /// @param channels size is channels·width·height, in this order
    record Input(NetxNeuron neuron, int channels, int width, int height) implements NetxLayer {
        @Override
        public int size() {
            return channels * width * height;
        }

        @Override
        public int[] bias() {
            return new int[0];
        }
    }

    /// Every input to every neuron.
    ///
    /// @param weights `[size, inputs]`
    record Dense(NetxNeuron neuron, int inputs, int size, int[] weights, int[] bias) implements NetxLayer {
    }

    /// A convolution without dilation or groups.
    ///
    /// @param input   channels, width, height of what comes in
    /// @param output  channels, width, height of the layer
    /// @param weights `[output channels, input channels, kernel width, kernel height]`
    record Convolution(NetxNeuron neuron, Extent input, Extent output, int kernelWidth, int kernelHeight, int strideX, int strideY,
                       int paddingX, int paddingY, int[] weights, int[] bias) implements NetxLayer {
        @Override
        public int size() {
            return output.size();
        }
    }

    /// A block of neurons, the channel outermost, the height innermost.
    record Extent(int channels, int width, int height) {
        public int size() {
            return channels * width * height;
        }

        public int at(int channel, int x, int y) {
            return (channel * width + x) * height + y;
        }
    }
}
