package org.ionforge.ionis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.GatedMlp;
import org.ionforge.errors.InputException;
import org.ionforge.export.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IonisGateTest {

    @TempDir
    Path folder;

    @Test
    void parameterCountsAreTheReferences() {
        assertEquals(203_573, Variant.V20.shape().parameters());
        assertEquals(137_472, count("trunk."));
        assertEquals(33_025, count("base."));
        assertEquals(16_513, count("sunGate."));
        assertEquals(16_513, count("stormGate."));
        assertEquals(25, count("sunSide."));
        assertEquals(25, count("stormSide."));
        assertEquals(203_557, IonisGate.groups(Variant.V20, 1, 1, 1).stream().mapToLong(AdamW.Group::length).sum());
    }

    private static int count(String prefix) {
        return Variant.V20.shape().tensors().stream().filter(t -> t.name().startsWith(prefix)).mapToInt(GatedMlp.Tensor::length).sum();
    }

    @Test
    void groupsFreezeTheFirstSidecarBiasesAndHoldTheSidecarWeights() {
        List<AdamW.Group> groups = IonisGate.groups(Variant.V20, 1e-5f, 5e-5f, 1e-3f);
        for (GatedMlp.Tensor tensor : Variant.V20.shape().tensors()) {
            List<AdamW.Group> of = groups.stream().filter(g -> g.offset() == tensor.offset()).toList();
            switch (tensor.name()) {
                case "sunSide.1.bias", "stormSide.1.bias" -> assertEquals(List.of(), of);
                case "sunSide.1.weight", "sunSide.2.weight", "stormSide.1.weight", "stormSide.2.weight" ->
                    assertEquals(List.of(new AdamW.Group(tensor.offset(), 8, 1e-3f, 0.5f, 2)), of);
                case "sunSide.2.bias", "stormSide.2.bias" -> assertEquals(List.of(free(tensor, 1e-3f)), of);
                default -> assertEquals(List.of(free(tensor, tensor.name().contains("Gate") ? 5e-5f : 1e-5f)), of);
            }
        }
    }

    private static AdamW.Group free(GatedMlp.Tensor tensor, float rate) {
        return new AdamW.Group(tensor.offset(), tensor.length(), rate, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    }

    @Test
    void initialWeightsAreThoseOfTheReference() {
        float[] parameters = IonisGate.initialise(Variant.V20, 42).parameters();
        for (GatedMlp.Tensor tensor : Variant.V20.shape().tensors()) {
            float[] values = Arrays.copyOfRange(parameters, tensor.offset(), tensor.offset() + tensor.length());
            switch (tensor.name()) {
                case "sunGate.2.weight", "stormGate.2.weight", "sunSide.1.bias", "stormSide.1.bias" -> within(values, 0, 0);
                case "sunGate.2.bias", "stormGate.2.bias" -> within(values, -0.6931472f, -0.6931472f);
                case "sunSide.2.bias", "stormSide.2.bias" -> within(values, -10, -10);
                case "sunSide.1.weight", "sunSide.2.weight", "stormSide.1.weight", "stormSide.2.weight" -> within(values, 0.8f, 1.2f);
                default -> {
                    int fanIn = tensor.name().startsWith("trunk.1") ? 11 : tensor.name().startsWith("trunk.2") ? 512
                            : tensor.name().startsWith("base.2") ? 128 : 256;
                    float bound = (float) (1 / Math.sqrt(fanIn));
                    within(values, -bound, bound);
                    // Uniform: the standard deviation is bound/√3, and the edges are reached.
                    if (values.length > 1000) {
                        double square = 0;
                        for (float value : values) {
                            square += value * value;
                        }
                        assertEquals(bound / Math.sqrt(3), Math.sqrt(square / values.length), 0.03 * bound, tensor.name());
                    }
                }
            }
        }
    }

    private static void within(float[] values, float low, float high) {
        for (float value : values) {
            assertTrue(value >= low && value <= high, value + " is outside " + low + " to " + high);
        }
    }

    /// A run is named by its seed: if these bits ever change, so does every published figure.
    @Test
    void theSameSeedGivesTheSameBits() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(203_573 * 4);
        bytes.asFloatBuffer().put(IonisGate.initialise(Variant.V20, 42).parameters());
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        assertEquals("41a7e5dbe094eacd8bc8b75ad303bf4dac0996c925c91a006932e37567d65c2e", hash);
        assertFalse(Arrays.equals(IonisGate.initialise(Variant.V20, 42).parameters(), IonisGate.initialise(Variant.V20, 43).parameters()));
    }

    @Test
    void aModelFileReadsBackWithItsMetadata() {
        Path file = folder.resolve("model.safetensors");
        IonisGate model = IonisGate.initialise(Variant.V20, 7);
        model.write(file, Map.of("seed", "7"));
        IonisGate read = IonisGate.read(file, Variant.V20);
        assertArrayEquals(model.parameters(), read.parameters());
        assertEquals("7", read.metadata().get("seed"));
        assertEquals(Variant.V20.normalisation(), read.normalisation());
        assertEquals(String.join(",", Variant.V20.features()), read.metadata().get("features"));
    }

    @Test
    void tensorsHaveTheReferencesNamesAndShapes() {
        IonisGate.initialise(Variant.V20, 1).write(folder.resolve("m.safetensors"), Map.of());
        try (Safetensors file = Safetensors.open(folder.resolve("m.safetensors"))) {
            assertEquals(24, file.tensors().size());
            assertEquals(List.of(512L, 11L), file.tensor("trunk.0.weight").orElseThrow().shape());
            assertEquals(List.of(256L), file.tensor("trunk.2.bias").orElseThrow().shape());
            assertEquals(List.of(1L, 128L), file.tensor("base_head.2.weight").orElseThrow().shape());
            assertEquals(List.of(64L, 256L), file.tensor("storm_scaler_head.0.weight").orElseThrow().shape());
            assertEquals(List.of(8L, 1L), file.tensor("sun_sidecar.fc1.weight").orElseThrow().shape());
            assertEquals(List.of(1L), file.tensor("storm_sidecar.fc2.bias").orElseThrow().shape());
        }
    }

    @Test
    void wrongTensorsAreRefusedByName() {
        refused(t -> t.name().equals("trunk.2.bias") ? null : t, "missing tensor trunk.2.bias");
        refused(t -> t.name().equals("trunk.2.bias") ? renamed(t, "trunk.3.bias") : t, "missing tensor trunk.2.bias; unknown tensor trunk.3.bias");
        refused(t -> t.name().equals("sun_sidecar.fc1.weight") ? shaped(t, List.of(1L, 8L)) : t,
                "tensor sun_sidecar.fc1.weight is F32[1, 8], the model needs F32[8, 1]");
        refused(t -> t.name().equals("base_head.2.bias") ? new Safetensors.Tensor(t.name(), Safetensors.DType.I32, t.shape(), t.data()) : t,
                "tensor base_head.2.bias is I32[1]");
        refused(t -> t.name().equals("base_head.2.bias") ? new Safetensors.Tensor(t.name(), t.type(), t.shape(),
                MemorySegment.ofArray(new float[] {Float.NaN})) : t, "tensor base_head.2.bias has NaN at element 0");
    }

    @Test
    void anotherVariantsModelIsRefusedByItsFeatures() {
        Path file = folder.resolve("other.safetensors");
        try (Safetensors source = written()) {
            Safetensors.write(file, Map.of("features", "distance,vertex_lat"), source.tensors());
        }
        String said = assertThrows(InputException.class, () -> IonisGate.read(file, Variant.V20)).getMessage();
        assertTrue(said.contains("distance,vertex_lat"), said);
    }

    private Safetensors written() {
        IonisGate.initialise(Variant.V20, 1).write(folder.resolve("good.safetensors"), Map.of());
        return Safetensors.open(folder.resolve("good.safetensors"));
    }

    private void refused(UnaryOperator<Safetensors.Tensor> change, String message) {
        Path file = folder.resolve("wrong.safetensors");
        try (Safetensors source = written()) {
            List<Safetensors.Tensor> tensors = new ArrayList<>();
            source.tensors().stream().map(change).flatMap(Stream::ofNullable).forEach(tensors::add);
            Safetensors.write(file, Map.of(), tensors);
        }
        String said = assertThrows(InputException.class, () -> IonisGate.read(file, Variant.V20)).getMessage();
        assertTrue(said.contains(message) && said.contains("wrong.safetensors"), said);
    }

    private static Safetensors.Tensor renamed(Safetensors.Tensor tensor, String name) {
        return new Safetensors.Tensor(name, tensor.type(), tensor.shape(), tensor.data());
    }

    private static Safetensors.Tensor shaped(Safetensors.Tensor tensor, List<Long> shape) {
        return new Safetensors.Tensor(tensor.name(), tensor.type(), shape, tensor.data());
    }
}
