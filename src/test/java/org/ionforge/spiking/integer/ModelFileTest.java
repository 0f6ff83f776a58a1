package org.ionforge.spiking.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.StateLevels;
import org.ionforge.errors.InputException;
import org.ionforge.export.ionq.IonqFile;
import org.ionforge.export.ionq.IonqFile.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFileTest {

    @TempDir
    private Path folder;

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of("7-5-3", QuantisationScheme.int8(), new InputForm.Codes()),
                Arguments.of("7-5-3", QuantisationScheme.int4Narrow(), new InputForm.Encoded("rate", -3)),
                Arguments.of("33-9-31-2", QuantisationScheme.int2(), new InputForm.Events(300_000)),
                Arguments.of("9x9x2-c3k3z1-p2-c5k2-4", QuantisationScheme.ternary(), new InputForm.Codes()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsWrittenIsReadBackEqual(String network, QuantisationScheme weights, InputForm input) {
        for (int seed = 0; seed < 8; seed++) {
            QuantisedModel model = RandomModels.of(network, weights, input, seed);
            Path file = folder.resolve("model.ionq");
            ModelFile.write(file, model);
            assertEquals(model, ModelFile.read(file));
            assertEquals(file.toFile().length(), ModelFile.byteSize(model));
            assertNotEquals(model, RandomModels.of(network, weights, input, seed + 1));
        }
    }

    @Test
    void levelsOfMembranesAreKept() {
        Path file = folder.resolve("levels.ionq");
        for (StateLevels state : List.of(StateLevels.uniform(4, 0, 0.2f), StateLevels.thresholdCentred(8, 0, 0.5f), StateLevels.mint(4, 0.125f))) {
            QuantisedModel model = RandomModels.of("7-5-3", QuantisationScheme.int4(), new InputForm.Codes(), 5, state);
            ModelFile.write(file, model);
            assertEquals(model, ModelFile.read(file));
            assertEquals(state, ModelFile.read(file).layers().getFirst().state());
            assertNotEquals(model, RandomModels.of("7-5-3", QuantisationScheme.int4(), new InputForm.Codes(), 5));
        }
    }

    /// The aims of the issue.
    @ParameterizedTest
    @CsvSource({"8, 820000", "4, 430000", "2, 220000"})
    void modelsAreSmall(int bits, long most) throws IOException {
        QuantisationScheme weights = bits == 8 ? QuantisationScheme.int8() : bits == 4 ? QuantisationScheme.int4() : QuantisationScheme.ternary();
        Path file = folder.resolve("large.ionq");
        ModelFile.write(file, RandomModels.of("784-1000-10", weights, new InputForm.Codes(), 1));
        assertTrue(Files.size(file) <= most, Files.size(file) + " bytes");
    }

    /// A change of the header whose digest is right.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/network | \"7-5-4\" | layers.1.codes is INT4[3, 5], wanted INT4[4, 5]",
        "/network | \"7-5\" | model.layers has 2 entries",
        "/network | \"7\" | '7' is no network",
        "/steps | 0 | model.steps is 0, wanted a whole number from 1",
        "/steps | null | model.steps is null",
        "/readout | \"loudest\" | model.readout is \"loudest\", wanted one of count, membrane",
        "/input/form | \"words\" | model.input.form is \"words\", wanted one of codes",
        "/input/seed | 1 | model.input.seed is unknown",
        "/more | 1 | model.more is unknown",
        "/notes/n | 1 | model.notes.n is 1, wanted a text",
        "/layers/1/weights/lowest | -3 | model.layers[1]: code",
        "/layers/1/weights/lowest | -9 | section layers.1.codes is INT4[3, 5], wanted INT8[3, 5]",
        "/layers/1/weights/lowest | -200 | model.layers[1].weights.lowest is -200",
        "/layers/1/current | {\"lowest\":-8,\"highest\":7,\"scale\":0} | model.layers[1].current: the scale of the current is 0.0",
        "/layers/1/current | {\"lowest\":-8,\"highest\":7,\"scale\":0.1} | scale is 0.1, wanted a number that a float holds exactly",
        "/layers/1/current | {\"lowest\":-8,\"highest\":7,\"scale\":1e999} | scale is",
        "/layers/1/state | {\"bits\":4} | there is no section layers.1.levels",
        "/layers/1/neuron/charge | \"fast\" | model.layers[1].neuron.charge is \"fast\", wanted one of leak, divide, multiply",
        "/layers/1/neuron/resetDelay | true | model.layers[1].neuron: only a reset by subtraction",
        "/layers/1/neuron/resetDelay | 1 | neuron.resetDelay is 1, wanted true or false",
        "/layers/1/neuron | 3 | model.layers[1].neuron is no object",
        "/layers | {} | model.layers is {}, wanted a list",
    })
    void headersThatDoNotFitAreRefusedWithThePlace(String pointer, String value, String message) throws IOException {
        IonqFile file = content();
        ObjectNode model = file.model().deepCopy();
        int cut = pointer.lastIndexOf('/');
        ((ObjectNode) model.at(pointer.substring(0, cut))).set(pointer.substring(cut + 1), JsonMapper.builder().build().readTree(value));
        refused(new IonqFile(model, file.sections()), message);
    }

    static Stream<Arguments> sections() {
        return Stream.of(
                Arguments.of("layers.0.scales", Section.of("layers.0.scales", 1, 1, Float.NaN, 1, 1), "model.layers[0]: the scale of neuron 2 is NaN"),
                Arguments.of("layers.0.scales", Section.of("layers.0.scales", 1, 1, 0, 1, 1), "model.layers[0]: the scale of neuron 2 is 0.0"),
                Arguments.of("layers.0.scales", Section.of("layers.0.scales", 1, 1), "scales, bias, leak and threshold of 5 neurons have 2,"),
                Arguments.of("layers.0.leak", Section.of("layers.0.leak", Float.POSITIVE_INFINITY), "model.layers[0]: leak 0 is Infinity"),
                Arguments.of("layers.0.leak", new Section("layers.0.leak", IonqFile.Type.INT8, List.of(1), new byte[1]), "section layers.0.leak has codes"),
                Arguments.of("layers.0.threshold", Section.of("layers.0.more", 1), "there is no section layers.0.threshold"),
                Arguments.of(null, Section.of("layers.2.leak", 1), "section layers.2.leak is unknown"));
    }

    @ParameterizedTest
    @MethodSource("sections")
    void sectionsThatDoNotFitAreRefusedWithThePlace(String replaced, Section section, String message) {
        IonqFile file = content();
        List<Section> sections = new ArrayList<>(file.sections());
        sections.removeIf(each -> each.name().equals(replaced));
        sections.add(section);
        refused(new IonqFile(file.model(), sections), message);
    }

    @Test
    void levelsThatDoNotAscendAreRefused() {
        IonqFile file = ModelFile.pack(RandomModels.of("7-5-3", QuantisationScheme.int4(), new InputForm.Codes(), 5, StateLevels.uniform(2, 0, 0.2f)));
        List<Section> sections = new ArrayList<>(file.sections());
        sections.replaceAll(each -> each.name().equals("layers.1.levels") ? Section.of(each.name(), 0, 1, 1, 2) : each);
        refused(new IonqFile(file.model(), sections), "model.layers[1].state: levels of a membrane must ascend");
        ObjectNode model = file.model().deepCopy();
        ((ObjectNode) model.at("/layers/0/state")).put("place", "nowhere");
        refused(new IonqFile(model, file.sections()), "model.layers[0].state.place is \"nowhere\", wanted one of membrane, leaked");
    }

    @Test
    void bitsAfterTheLastCodeAreRefused() {
        IonqFile file = content();
        List<Section> sections = new ArrayList<>(file.sections());
        byte[] codes = file.section("layers.0.codes").orElseThrow().data().clone();
        codes[3] |= 0x10;
        sections.replaceAll(each -> each.name().equals("layers.0.codes") ? new Section(each.name(), each.type(), each.shape(), codes) : each);
        refused(new IonqFile(file.model(), sections), "the unused bits after the codes of neuron 0 are not 0");
    }

    @Test
    void codesAreReadFromTheLowBitsUp() {
        for (QuantisationScheme scheme : List.of(QuantisationScheme.int8(), QuantisationScheme.int4(), QuantisationScheme.int2())) {
            QuantisedLayer layer = RandomModels.layer(new Random(3), 4, 9, scheme);
            int row = layer.codes().length / 4;
            int bits = scheme.bits();
            long largest = 0;
            for (int n = 0; n < 4; n++) {
                long sum = 0;
                for (int k = 0; k < 9; k++) {
                    int unsigned = (layer.codes()[n * row + k * bits / 8] & 0xFF) >> k * bits % 8 & (1 << bits) - 1;
                    int code = unsigned > scheme.highest() ? unsigned - (1 << bits) : unsigned;
                    assertEquals(code, layer.code(n, k));
                    sum += Math.abs(code);
                }
                largest = Math.max(largest, sum);
            }
            assertEquals(255 * largest, layer.largestSum(255));
        }
    }

    @Test
    void poolsThatOverflowAByteAreRefused() {
        InputForm spikes = new InputForm.Encoded("rate", 0);
        assertEquals(4, RandomModels.of("4x4x1-p2-3", QuantisationScheme.int8(), spikes, 1).largestInput(0));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> RandomModels.of("4x4x1-p2-3", QuantisationScheme.int8(), new InputForm.Codes(), 1))
                .getMessage().contains("the sum-pool before layer 0 gives up to 1020"));
    }

    private static IonqFile content() {
        return ModelFile.pack(RandomModels.of("7-5-3", QuantisationScheme.int4(), new InputForm.Codes(), 5));
    }

    private void refused(IonqFile content, String message) {
        Path file = folder.resolve("wrong.ionq");
        content.write(file);
        String said = assertThrows(InputException.class, () -> ModelFile.read(file)).getMessage();
        assertTrue(said.contains(message), said);
        assertFalse(said.contains("Exception"), said);
    }
}
