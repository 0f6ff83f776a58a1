package org.ionforge.ionis;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.JavaArrays;

/// Answers circuits with one model on one backend.
public final class Predictor implements AutoCloseable {

    /// What the network says about a circuit.
    ///
    /// @param band       whose normalisation gives the dB
    /// @param sigma      the network's output, in standard deviations of the band
    /// @param db         the same as SNR in dB in 2500 Hz, for 200 mW
    /// @param base       the part that knows nothing of sun and storm, σ
    /// @param sunGate    factor on the sun's part, 0.5 to 2
    /// @param stormGate  factor on the storm's part, 0.5 to 2
    /// @param sunSide    the sun's part before its gate, σ
    /// @param stormSide  the storm's part before its gate, σ
    /// @param features   what the network saw
    public record Prediction(Band band, float sigma, double db, float base, float sunGate, float stormGate, float sunSide,
                             float stormSide, float[] features) {
    }

    private final IonisGate model;
    private final Backend backend;
    private final Buffer parameters;

    /// The backend stays the caller's.
    public Predictor(IonisGate model, Backend backend) {
        this.model = model;
        this.backend = backend;
        this.parameters = model.upload(backend);
    }

    /// Predictions in the order of the circuits.
    ///
    /// @throws org.ionforge.errors.InputException naming a locator that is none
    public List<Prediction> predict(List<Circuit> circuits) {
        if (circuits.isEmpty()) {
            return List.of();
        }
        int n = circuits.size();
        Variant variant = model.variant();
        try (Arena arena = Arena.ofConfined();
             Buffer features = backend.allocate(ElementType.F32, (long) n * variant.shape().inputs());
             Buffer results = backend.allocate(ElementType.F32, n); Buffer base = backend.allocate(ElementType.F32, n);
             Buffer sunGate = backend.allocate(ElementType.F32, n); Buffer stormGate = backend.allocate(ElementType.F32, n);
             Buffer sunSide = backend.allocate(ElementType.F32, n); Buffer stormSide = backend.allocate(ElementType.F32, n)) {
            MemorySegment inputs = Features.of(circuits, variant, backend, arena);
            features.upload(inputs);
            backend.gatedMlp().forward(variant.shape(), parameters, new GatedMlp.Rows(features, null, null, null, 0, n),
                    new GatedMlp.Outputs(results, base, sunGate, stormGate, sunSide, stormSide));
            List<float[]> columns = new ArrayList<>();
            for (Buffer buffer : List.of(results, base, sunGate, stormGate, sunSide, stormSide)) {
                columns.add(JavaArrays.floats(buffer));
            }
            return predictions(circuits, columns, inputs);
        }
    }

    @Override
    public void close() {
        parameters.close();
    }

    private List<Prediction> predictions(List<Circuit> circuits, List<float[]> columns, MemorySegment inputs) {
        int width = model.variant().shape().inputs();
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < circuits.size(); i++) {
            Band band = model.variant().bandOf(circuits.get(i).frequencyHz());
            float sigma = columns.get(0)[i];
            float[] features = inputs.asSlice((long) i * width * Float.BYTES, (long) width * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
            predictions.add(new Prediction(band, sigma, model.normalisation().of(band.id()).toDb(sigma), columns.get(1)[i],
                    columns.get(2)[i], columns.get(3)[i], columns.get(4)[i], columns.get(5)[i], features));
        }
        return predictions;
    }
}
