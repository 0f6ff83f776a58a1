package org.ionforge.conformance;

import java.util.Arrays;
import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.Precision;

/// A network, a data set and a batch of it.
///
/// @param index null for the rows from `first` on
record GatedMlpCase(String name, GatedMlpShape shape, float[] parameters, float[] features, float[] targets, float[] weights,
                    int[] index, long first, int count, GatedMlp.LossOptions options) {

    static final GatedMlpShape IONIS_GATE = new GatedMlpShape(13, 11, 512, 256, 128, 64, 8, 11, 12);

    /// What one room made of a case.
    record Result(float[][] outputs, GatedMlp.Loss loss, float[] gradients) {
    }

    /// Parameters as a freshly made network has them (uniform, ±1/√inputs), so that no unit dies; data in [−1, 1].
    static GatedMlpCase random(String name, GatedMlpShape shape, int dataRows, boolean indexed, long first, int count, long seed) {
        Random random = new Random(seed);
        float[] parameters = new float[shape.parameters()];
        for (GatedMlp.Tensor tensor : shape.tensors()) {
            boolean sidecar = tensor.name().contains("Side");
            double scale = sidecar ? 1 : 1 / Math.sqrt(Math.max(1, tensor.columns()));
            for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
                parameters[i] = (float) random.nextDouble(-scale, scale);
            }
        }
        float[] weights = uniform(random, dataRows, 0, 3);
        return new GatedMlpCase(name, shape, parameters, uniform(random, dataRows * shape.inputs(), -1, 1),
                uniform(random, dataRows, -2, 2), weights,
                indexed ? random.ints(first + count + 3, 0, dataRows).toArray() : null, first, count,
                new GatedMlp.LossOptions(0.7f, 0.05f));
    }

    static float[] uniform(Random random, int n, double low, double high) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return values;
    }

    GatedMlpCase with(String tensor, float value) {
        GatedMlp.Tensor place = shape.tensor(tensor);
        float[] changed = parameters.clone();
        Arrays.fill(changed, place.offset(), place.offset() + place.length(), value);
        return new GatedMlpCase(name, shape, changed, features, targets, weights, index, first, count, options);
    }

    GatedMlpCase withOptions(float delta, float lambda) {
        return new GatedMlpCase(name, shape, parameters, features, targets, weights, index, first, count,
                new GatedMlp.LossOptions(delta, lambda));
    }

    Result on(Room room) {
        return on(room, Precision.FP32);
    }

    Result on(Room room, Precision precision) {
        return Trial.on(room, trial -> {
            Buffer p = trial.input(parameters);
            Buffer x = trial.input(features);
            Buffer order = index == null ? null : trial.input(index);
            GatedMlp mlp = trial.backend().gatedMlp(precision);
            Buffer[] outputs = new Buffer[6];
            for (int i = 0; i < 6; i++) {
                outputs[i] = trial.output(ElementType.F32, count);
            }
            mlp.forward(shape, p, new GatedMlp.Rows(x, null, null, order, first, count),
                    new GatedMlp.Outputs(outputs[0], outputs[1], outputs[2], outputs[3], outputs[4], outputs[5]));
            float[][] values = new float[6][];
            for (int i = 0; i < 6; i++) {
                values[i] = trial.floats(outputs[i], count);
            }
            Buffer gradients = trial.output(ElementType.F32, shape.parameters());
            GatedMlp.Loss loss = mlp.lossAndGradient(shape, p,
                    new GatedMlp.Rows(x, trial.input(targets), trial.input(weights), order, first, count), options, gradients);
            return new Result(values, loss, trial.floats(gradients, shape.parameters()));
        });
    }
}
