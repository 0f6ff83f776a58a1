package org.ionforge.export.netx;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.exceptions.HdfException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ionforge.errors.InputException;
import org.ionforge.export.netx.NetxLayer.Extent;

/// A feed-forward network of a netx file: `layer/0`, `layer/1`, …
///
/// @param layers in order; the first may be an [NetxLayer.Input]
public record NetxNetwork(List<NetxLayer> layers) {

    public NetxNetwork {
        layers = List.copyOf(layers);
    }

    /// @throws InputException if it is no HDF5 file or holds a layer, neuron or number that is not supported; names the dataset
    public static NetxNetwork read(Path path) {
        try (HdfFile file = new HdfFile(path)) {
            List<NetxLayer> layers = new ArrayList<>();
            while (file.getChild("layer") != null && exists(file, "/layer/" + layers.size())) {
                layers.add(new Reader(file, path, "/layer/" + layers.size() + "/").layer(layers));
            }
            if (layers.isEmpty()) {
                throw new InputException(path + " has no group /layer/0: no netx network");
            }
            return new NetxNetwork(layers);
        } catch (HdfException e) {
            throw new InputException(path + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new InputException(path + ": " + e.getMessage(), e);
        }
    }

    private static boolean exists(HdfFile file, String name) {
        try {
            return file.getByPath(name) != null;
        } catch (HdfException e) {
            return false;
        }
    }

    /// Reads one layer.
    private record Reader(HdfFile file, Path path, String group) {

        NetxLayer layer(List<NetxLayer> before) {
            String type = text("type");
            return switch (type) {
                case "input" -> {
                    int[] shape = integers("shape");
                    yield new NetxLayer.Input(neuron(), shape[0], shape[1], shape[2]);
                }
                case "dense" -> {
                    int inputs = integer("inFeatures");
                    int outputs = integer("outFeatures");
                    yield new NetxLayer.Dense(neuron(), inputs, outputs, sized("weight", inputs * outputs), bias(outputs));
                }
                case "conv" -> convolution(before);
                default -> throw new InputException(path + ": " + group + "type is '" + type + "'; input, dense and conv are supported");
            };
        }

        private NetxLayer convolution(List<NetxLayer> before) {
            if (integer("groups") != 1 || integers("dilation")[0] != 1 || integers("dilation")[1] != 1) {
                throw new InputException(path + ": " + group + " has groups or dilation, which are not supported");
            }
            Extent input = switch (before.isEmpty() ? null : before.getLast()) {
                case NetxLayer.Input first -> new Extent(first.channels(), first.width(), first.height());
                case NetxLayer.Convolution last -> last.output();
                case null, default -> throw new InputException(path + ": " + group + " is a convolution of something without channels");
            };
            int[] shape = integers("shape");
            int[] kernel = integers("kernelSize");
            int[] stride = integers("stride");
            int[] padding = integers("padding");
            Extent output = new Extent(shape[0], shape[1], shape[2]);
            if (integer("inChannels") != input.channels() || output.channels() != integer("outChannels")
                    || output.width() != (input.width() + 2 * padding[0] - kernel[0]) / stride[0] + 1
                    || output.height() != (input.height() + 2 * padding[1] - kernel[1]) / stride[1] + 1) {
                throw new InputException(path + ": " + group + "shape " + output + " does not come of " + input + " by its kernel, stride and padding");
            }
            return new NetxLayer.Convolution(neuron(), input, output, kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1],
                    sized("weight", output.channels() * input.channels() * kernel[0] * kernel[1]), bias(output.channels()));
        }

        private NetxNeuron neuron() {
            String type = text("neuron/type");
            if (!type.equals("CUBA") && !type.equals("LOIHI")) {
                throw new InputException(path + ": " + group + "neuron/type is '" + type + "'; CUBA and LOIHI are supported");
            }
            if (integer("neuron/refDelay") != 1 || exists(file, group + "neuron/wgtExp") && integer("neuron/wgtExp") != 0) {
                throw new InputException(path + ": " + group + "neuron has a refractory delay other than 1 or a weight exponent, which are not supported");
            }
            return new NetxNeuron(integer("neuron/iDecay"), integer("neuron/vDecay"), integer("neuron/vThMant"));
        }

        private int[] bias(int channels) {
            return exists(file, group + "bias") ? sized("bias", channels) : new int[0];
        }

        private int[] sized(String name, int size) {
            int[] values = integers(name);
            if (values.length != size) {
                throw new InputException(path + ": " + group + name + " holds " + values.length + " numbers, expected " + size);
            }
            return values;
        }

        private int integer(String name) {
            return sized(name, 1)[0];
        }

        private String text(String name) {
            return switch (dataset(name).getData()) {
                case String text -> text.replace("\0", "").strip();
                case String[] texts when texts.length == 1 -> texts[0].replace("\0", "").strip();
                case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip();
                case Object other -> throw new InputException(path + ": " + group + name + " holds no text but " + other.getClass().getSimpleName());
            };
        }

        /// Whole numbers, whatever type they are stored as.
        private int[] integers(String name) {
            Dataset dataset = dataset(name);
            Object flat = dataset.isScalar() ? dataset.getData() : dataset.getDataFlat();
            double[] values = switch (flat) {
                case Number number -> new double[] {number.doubleValue()};
                case float[] floats -> widened(floats);
                case long[] longs -> Arrays.stream(longs).asDoubleStream().toArray();
                case int[] ints -> Arrays.stream(ints).asDoubleStream().toArray();
                case double[] doubles -> doubles;
                default -> throw new InputException(path + ": " + group + name + " holds no numbers");
            };
            int[] integers = new int[values.length];
            for (int i = 0; i < values.length; i++) {
                if (values[i] != (int) values[i]) {
                    throw new InputException(path + ": " + group + name + "[" + i + "] is " + values[i] + ", no whole number");
                }
                integers[i] = (int) values[i];
            }
            return integers;
        }

        private static double[] widened(float[] floats) {
            double[] doubles = new double[floats.length];
            for (int i = 0; i < floats.length; i++) {
                doubles[i] = floats[i];
            }
            return doubles;
        }

        private Dataset dataset(String name) {
            if (!exists(file, group + name)) {
                throw new InputException(path + " has no dataset " + group + name);
            }
            return file.getDatasetByPath(group + name);
        }
    }
}
