package org.ionforge.ionis;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.Philox;
import org.ionforge.errors.InputException;
import org.ionforge.export.Safetensors;

/// The IonisGate network: a trunk that sees where and when, a base head, and two sidecars that see only the sun (SFI) and the
/// geomagnetic field (1 − Kp/9), each scaled by a gate that the trunk opens between 0.5 and 2. See
/// [GatedMlp] for the formula. The sidecars rise with their input for any weights, so more flux never hurts and a storm
/// never helps.
public final class IonisGate {

    /// Bounds of the sidecars' weights while training.
    static final float SIDECAR_MINIMUM = 0.5f;
    static final float SIDECAR_MAXIMUM = 2f;

    /// Philox stream of the initial weights.
    private static final long STREAM = 0x696e6974;

    /// The reference system's name of each layer, and ours.
    private static final Map<String, String> LAYERS = layers();

    private final Variant variant;
    private final Normalisation normalisation;
    private final Map<String, String> metadata;
    private final float[] parameters;

    private IonisGate(Variant variant, Normalisation normalisation, Map<String, String> metadata, float[] parameters) {
        this.variant = variant;
        this.normalisation = normalisation;
        this.metadata = metadata;
        this.parameters = parameters;
    }

    /// A network with these weights, in the order of [org.ionforge.compute.GatedMlpShape#tensors()].
    static IonisGate of(Variant variant, float[] parameters) {
        if (parameters.length != variant.shape().parameters()) {
            throw new IllegalArgumentException(parameters.length + " parameters, " + variant.name() + " has " + variant.shape().parameters());
        }
        return new IonisGate(variant, variant.normalisation(), Map.of(), parameters.clone());
    }

    /// An untrained network: linear layers uniform in ±1/√fan-in; gates start at exactly 1 (last layer weight 0, bias −ln 2);
    /// sidecar weights uniform in 0.8 to 1.2, their first bias 0 and frozen, their second −10. The same seed gives the same bits.
    public static IonisGate initialise(Variant variant, long seed) {
        float[] parameters = new float[variant.shape().parameters()];
        int fanIn = 0;
        for (GatedMlp.Tensor tensor : variant.shape().tensors()) {
            fanIn = tensor.columns() > 0 ? tensor.columns() : fanIn;
            double bound = 1 / Math.sqrt(fanIn);
            for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
                double u = Philox.uniform(seed, i, STREAM);
                parameters[i] = (float) switch (tensor.name()) {
                    case "sunGate.2.weight", "stormGate.2.weight", "sunSide.1.bias", "stormSide.1.bias" -> 0;
                    case "sunGate.2.bias", "stormGate.2.bias" -> -StrictMath.log(2);
                    case "sunSide.1.weight", "sunSide.2.weight", "stormSide.1.weight", "stormSide.2.weight" -> 0.8 + 0.4 * u;
                    case "sunSide.2.bias", "stormSide.2.bias" -> -10;
                    default -> (2 * u - 1) * bound;
                };
            }
        }
        return of(variant, parameters);
    }

    /// Reads a model: any safetensors file with exactly the reference system's tensors. The normalisation in its metadata
    /// counts, if there is one.
    ///
    /// @throws InputException naming the tensor that is missing, not known, of another shape or not F32, or holds no number
    public static IonisGate read(Path file, Variant variant) {
        try (Safetensors tensors = Safetensors.open(file)) {
            String stated = tensors.metadata().get("features");
            if (stated != null && !List.of(stated.split(",")).equals(variant.features())) {
                throw new InputException(file + " is a model of the features " + stated + "; variant " + variant.name() + " has "
                        + String.join(",", variant.features()));
            }
            String scales = tensors.metadata().get("normalisation");
            Normalisation normalisation = scales == null ? variant.normalisation()
                    : Normalisation.parse(file + ", metadata 'normalisation'", scales);
            return new IonisGate(variant, normalisation, tensors.metadata(), parameters(tensors, variant));
        }
    }

    /// Writes a safetensors file with the reference system's tensor names, whole or not at all.
    ///
    /// @param metadata texts for its header; features, variant and normalisation are added
    public void write(Path file, Map<String, String> metadata) {
        Map<String, String> texts = new LinkedHashMap<>(metadata);
        texts.put("format", "ionforge ionisgate 1");
        texts.put("variant", variant.name());
        texts.put("features", String.join(",", variant.features()));
        texts.put("normalisation", normalisation.toJson());
        List<Safetensors.Tensor> tensors = new ArrayList<>();
        for (GatedMlp.Tensor tensor : variant.shape().tensors()) {
            float[] values = Arrays.copyOfRange(parameters, tensor.offset(), tensor.offset() + tensor.length());
            tensors.add(new Safetensors.Tensor(referenceName(tensor), Safetensors.DType.F32, dimensions(tensor), MemorySegment.ofArray(values)));
        }
        Safetensors.write(file, texts, tensors);
    }

    public Variant variant() {
        return variant;
    }

    public Normalisation normalisation() {
        return normalisation;
    }

    /// The texts of the file it was read from; empty for a network made here.
    public Map<String, String> metadata() {
        return metadata;
    }

    /// A copy of all weights in the order of [org.ionforge.compute.GatedMlpShape#tensors()].
    public float[] parameters() {
        return parameters.clone();
    }

    /// A copy of the weights on the backend.
    ///
    /// @return F32 `[parameters]`; the caller closes it
    public Buffer upload(Backend backend) {
        return JavaArrays.upload(parameters, backend);
    }

    /// The reference system's name of a tensor, by which model files and messages call it.
    public static String referenceName(GatedMlp.Tensor tensor) {
        int dot = tensor.name().lastIndexOf('.');
        return LAYERS.get(tensor.name().substring(0, dot)) + tensor.name().substring(dot);
    }

    /// Who learns, and how fast: trunk and base, gates, sidecars. Sidecar weights are held in [0.5, 2]; their first biases
    /// are in no group and so stay 0.
    ///
    /// @param trunkRate   learning rate of trunk and base
    /// @param gateRate    of the gate heads
    /// @param sidecarRate of the sidecars
    public static List<AdamW.Group> groups(Variant variant, float trunkRate, float gateRate, float sidecarRate) {
        List<AdamW.Group> groups = new ArrayList<>();
        for (GatedMlp.Tensor tensor : variant.shape().tensors()) {
            boolean side = tensor.name().contains("Side");
            boolean weight = tensor.columns() > 0;
            if (side && !weight && tensor.name().contains(".1.")) {
                continue;
            }
            float rate = side ? sidecarRate : tensor.name().contains("Gate") ? gateRate : trunkRate;
            groups.add(new AdamW.Group(tensor.offset(), tensor.length(), rate,
                    side && weight ? SIDECAR_MINIMUM : Float.NEGATIVE_INFINITY, side && weight ? SIDECAR_MAXIMUM : Float.POSITIVE_INFINITY));
        }
        return List.copyOf(groups);
    }

    private static Map<String, String> layers() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("trunk.1", "trunk.0");
        names.put("trunk.2", "trunk.2");
        names.put("base.1", "base_head.0");
        names.put("base.2", "base_head.2");
        for (String which : new String[] {"sun", "storm"}) {
            names.put(which + "Gate.1", which + "_scaler_head.0");
            names.put(which + "Gate.2", which + "_scaler_head.2");
            names.put(which + "Side.1", which + "_sidecar.fc1");
            names.put(which + "Side.2", which + "_sidecar.fc2");
        }
        return names;
    }

    private static float[] parameters(Safetensors file, Variant variant) {
        List<GatedMlp.Tensor> expected = variant.shape().tensors();
        List<String> names = expected.stream().map(IonisGate::referenceName).toList();
        String unknown = file.tensors().stream().map(Safetensors.Tensor::name).filter(n -> !names.contains(n))
                .collect(Collectors.joining(", "));
        String missing = names.stream().filter(n -> file.tensor(n).isEmpty()).collect(Collectors.joining(", "));
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new InputException(file.file() + " is not an IonisGate " + variant.name() + " model:"
                    + (missing.isEmpty() ? "" : " missing tensor " + missing) + (missing.isEmpty() || unknown.isEmpty() ? "" : ";")
                    + (unknown.isEmpty() ? "" : " unknown tensor " + unknown));
        }
        float[] parameters = new float[variant.shape().parameters()];
        for (GatedMlp.Tensor tensor : expected) {
            copy(file, file.tensor(referenceName(tensor)).orElseThrow(), tensor, parameters);
        }
        return parameters;
    }

    private static void copy(Safetensors file, Safetensors.Tensor found, GatedMlp.Tensor expected, float[] parameters) {
        if (found.type() != Safetensors.DType.F32 || !found.shape().equals(dimensions(expected))) {
            throw new InputException(file.file() + ": tensor " + found.name() + " is " + found.type() + found.shape()
                    + ", the model needs F32" + dimensions(expected));
        }
        MemorySegment.copy(found.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, parameters, expected.offset(), expected.length());
        for (int i = 0; i < expected.length(); i++) {
            if (!Float.isFinite(parameters[expected.offset() + i])) {
                throw new InputException(file.file() + ": tensor " + found.name() + " has " + parameters[expected.offset() + i]
                        + " at element " + i);
            }
        }
    }

    private static List<Long> dimensions(GatedMlp.Tensor tensor) {
        return tensor.columns() > 0 ? List.of((long) tensor.rows(), (long) tensor.columns()) : List.of((long) tensor.rows());
    }
}
