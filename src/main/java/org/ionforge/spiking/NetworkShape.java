package org.ionforge.spiking;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ionforge.errors.InputException;

/// What a network is made of: its input and its layers of neurons, fully connected or convolutional, with sum-pools between.
///
/// As text, sizes with dashes between, the input first: `784-1000-10`; `28x28x1-c12k5-p2-c32k5-p2-10` is an image of 28×28 pixels
/// and one channel, 12 channels by kernels of 5×5 (`c12k5s2` moves them by 2, `c12k5z2` pads with 2 zeros on each side), sums of
/// 2×2, 32 channels, sums of 2×2, and 10 neurons that see everything.
///
/// Images and feature maps are channel-last: value (y, x, c) is element `(y·width + x)·channels + c`.
///
/// @param input  of the first layer
/// @param layers one or more; a layer's pool stands before it
public record NetworkShape(Image input, List<Layer> layers) {

    private static final int MOST = 1 << 20;
    private static final Pattern IMAGE = Pattern.compile("(\\d{1,5})x(\\d{1,5})x(\\d{1,5})");
    private static final Pattern CONVOLUTION = Pattern.compile("c(\\d{1,5})k(\\d{1,3})(?:s(\\d{1,2}))?(?:z(\\d{1,2}))?");
    private static final Pattern POOL = Pattern.compile("p(\\d{1,2})");

    /// @param height 1 for a plain list of values
    /// @param width  1 for a plain list of values
    public record Image(int height, int width, int channels) {

        /// Height times width.
        public int positions() {
            return height * width;
        }

        public int size() {
            return Math.multiplyExact(positions(), channels);
        }

        private Image pooled(int pool) {
            return new Image(height / pool, width / pool, channels);
        }
    }

    /// A layer of neurons, and what lies before its weights.
    ///
    /// @param in      what comes out of the layer before
    /// @param pool    edge of the squares that are summed first, 1 for none; a rest at the right and lower edge is left out
    /// @param kernel  edge of the kernel; 0 if every neuron sees everything
    /// @param stride  of the kernel
    /// @param padding zeros on each side
    /// @param neurons N: rows of the weight matrix, channels of what comes out
    public record Layer(Image in, int pool, int kernel, int stride, int padding, int neurons) {

        public boolean convolutional() {
            return kernel > 0;
        }

        /// Behind the pool.
        public Image pooled() {
            return in.pooled(pool);
        }

        /// K: columns of the weight matrix, ordered as (kernel row, kernel column, channel).
        public int inputs() {
            return convolutional() ? kernel * kernel * in.channels() : pooled().size();
        }

        /// What comes out: N channels at every position of the kernel, at one position of a fully connected layer.
        public Image out() {
            return convolutional() ? new Image(places(pooled().height()), places(pooled().width()), neurons) : new Image(1, 1, neurons);
        }

        private int places(int length) {
            return (length + 2 * padding - kernel) / stride + 1;
        }

        /// N·K.
        public int weights() {
            return Math.multiplyExact(neurons, inputs());
        }
    }

    public NetworkShape {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new InputException("a network has inputs and at least one layer");
        }
    }

    /// A fully connected network.
    ///
    /// @param sizes inputs, then neurons of each layer
    public static NetworkShape dense(int... sizes) {
        List<String> parts = new ArrayList<>();
        for (int size : sizes) {
            parts.add(Integer.toString(size));
        }
        return parse(String.join("-", parts));
    }

    /// @throws InputException if the text describes no network, naming the part
    @JsonCreator
    public static NetworkShape parse(String text) {
        String[] parts = text.strip().split("-", -1);
        Image input = input(text, parts[0]);
        Image at = input;
        int pool = 1;
        List<Layer> layers = new ArrayList<>();
        for (String part : List.of(parts).subList(1, parts.length)) {
            Matcher pooling = POOL.matcher(part);
            if (pooling.matches()) {
                pool *= size(text, part, pooling.group(1));
                if (pool > at.height() || pool > at.width()) {
                    throw wrong(text, part, "the map before it is " + at.height() + "×" + at.width());
                }
                continue;
            }
            Layer layer = layer(text, part, at, pool);
            layers.add(layer);
            at = layer.out();
            pool = 1;
        }
        if (layers.isEmpty() || pool > 1) {
            throw wrong(text, parts[parts.length - 1], "a network ends with a layer of neurons");
        }
        return new NetworkShape(input, layers);
    }

    private static Image input(String text, String part) {
        Matcher image = IMAGE.matcher(part);
        Image input = image.matches() ? new Image(size(text, part, image.group(1)), size(text, part, image.group(2)), size(text, part, image.group(3)))
                : new Image(1, 1, size(text, part, part));
        if ((long) input.positions() * input.channels() > MOST) {
            throw wrong(text, part, "more than " + MOST + " inputs");
        }
        return input;
    }

    private static Layer layer(String text, String part, Image at, int pool) {
        Matcher convolution = CONVOLUTION.matcher(part);
        if (!convolution.matches()) {
            return new Layer(at, pool, 0, 1, 0, size(text, part, part));
        }
        int kernel = size(text, part, convolution.group(2));
        int stride = convolution.group(3) == null ? 1 : size(text, part, convolution.group(3));
        int padding = convolution.group(4) == null ? 0 : Integer.parseInt(convolution.group(4));
        Layer layer = new Layer(at, pool, kernel, stride, padding, size(text, part, convolution.group(1)));
        Image in = layer.pooled();
        if (padding >= kernel || kernel > in.height() + 2 * padding || kernel > in.width() + 2 * padding) {
            throw wrong(text, part, "the map before it is " + in.height() + "×" + in.width() + ", and padding is less than the kernel");
        }
        return layer;
    }

    private static int size(String text, String part, String digits) {
        if (!digits.matches("\\d{1,7}") || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > MOST) {
            throw wrong(text, part, "sizes are whole numbers from 1 to " + MOST);
        }
        return Integer.parseInt(digits);
    }

    private static InputException wrong(String text, String part, String why) {
        return new InputException("'" + text + "' is no network: '" + part + "': " + why + "; networks are such as 784-1000-10 or 28x28x1-c12k5-p2-c32k5-p2-10");
    }

    /// The same network with other numbers of neurons.
    ///
    /// @param neurons of each layer
    public NetworkShape withNeurons(List<Integer> neurons) {
        Image at = input;
        List<Layer> other = new ArrayList<>();
        for (int index = 0; index < layers.size(); index++) {
            Layer layer = layers.get(index);
            other.add(new Layer(at, layer.pool(), layer.kernel(), layer.stride(), layer.padding(), neurons.get(index)));
            at = other.getLast().out();
        }
        return new NetworkShape(input, other);
    }

    /// Layer from 0.
    public Layer layer(int index) {
        return layers.get(index);
    }

    public int inputs() {
        return input.size();
    }

    /// Neurons of the last layer at all positions.
    public int outputs() {
        return layers.getLast().out().size();
    }

    public boolean convolutional() {
        return layers.stream().anyMatch(layer -> layer.convolutional() || layer.pool() > 1);
    }

    @Override
    @JsonValue
    public String toString() {
        String first = input.positions() == 1 ? Integer.toString(input.channels()) : input.height() + "x" + input.width() + "x" + input.channels();
        return first + layers.stream().map(NetworkShape::text).collect(Collectors.joining());
    }

    private static String text(Layer layer) {
        String pool = layer.pool() > 1 ? "-p" + layer.pool() : "";
        return pool + "-" + (layer.convolutional() ? "c" + layer.neurons() + "k" + layer.kernel() + (layer.stride() > 1 ? "s" + layer.stride() : "")
                + (layer.padding() > 0 ? "z" + layer.padding() : "") : layer.neurons());
    }
}
