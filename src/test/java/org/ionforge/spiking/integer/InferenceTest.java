package org.ionforge.spiking.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.encoding.EncodedBatch;
import org.ionforge.spiking.encoding.Latency;
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.Progress;
import org.junit.jupiter.api.Test;

class InferenceTest {

    private static final InputForm BITS = new InputForm.Encoded("latency", 0);

    private static final InputForm PHASE = new InputForm.Encoded("phase", 0);

    private final Random random = new Random(4);

    private ValueSamples values(Arena arena, int size, int channels, int height, int width) {
        MemorySegment values = arena.allocate(ValueLayout.JAVA_FLOAT, (long) size * channels * height * width);
        for (long i = 0; i < values.byteSize() / 4; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextInt(256) / 255f);
        }
        return new ValueSamples("random", values, new byte[size], 3, channels, height, width);
    }

    private EventSamples events(int size) {
        int each = 40;
        int[] starts = new int[size + 1];
        int[] addresses = new int[size * each];
        int[] times = new int[size * each];
        for (int i = 0; i < addresses.length; i++) {
            starts[i / each + 1] = i + 1;
            addresses[i] = random.nextInt(2 * 4 * 5);
            times[i] = i % each * 25;
        }
        return new EventSamples("events", starts, addresses, times, new byte[size], 3, 2, 4, 5);
    }

    /// The class that the model itself finds, sample by sample.
    private static void answer(Backend backend, QuantisedModel model, LabelledSamples samples, byte[] labels) {
        try (IntegerInput input = new IntegerInput(backend, model, samples, 1); IntegerNetwork network = new IntegerNetwork(backend, model, 1);
             Arena arena = Arena.ofShared()) {
            MemorySegment scores = arena.allocate(ValueLayout.JAVA_FLOAT, model.shape().outputs());
            for (int i = 0; i < samples.size(); i++) {
                network.forward(input.upload(input.prepare(i, 1)), 1);
                network.scores().download(scores);
                int best = 0;
                for (int n = 1; n < model.shape().outputs(); n++) {
                    best = scores.getAtIndex(ValueLayout.JAVA_FLOAT, n) > scores.getAtIndex(ValueLayout.JAVA_FLOAT, best) ? n : best;
                }
                labels[i] = (byte) best;
            }
        }
    }

    private static InferenceMetrics run(Backend backend, QuantisedModel model, LabelledSamples samples, int batch) {
        return Inference.run(backend, model, samples, batch, Progress.SILENT);
    }

    /// Labels that are the model's own answers are all right, whatever the batch; each one changed costs its share.
    @Test
    void accuracyCountsRightAnswersForEveryFormOfInput() {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            ValueSamples values = values(arena, 23, 1, 4, 10);
            ValueSamples coloured = values(arena, 23, 2, 4, 5);
            EventSamples events = events(23);
            own(backend, RandomModels.of("40-7-3", QuantisationScheme.int8(), new InputForm.Codes(), 3), values, values.labels());
            own(backend, RandomModels.of("40-7-3", QuantisationScheme.int4(), BITS, 4), values, values.labels());
            own(backend, RandomModels.of("4x5x2-c4k2-3", QuantisationScheme.int8(), new InputForm.Codes(), 5), coloured, coloured.labels());
            own(backend, RandomModels.of("4x5x2-c4k2-3", QuantisationScheme.int8(), BITS, 6), coloured, coloured.labels());
            own(backend, RandomModels.of("4x5x2-p2-5-3", QuantisationScheme.int8(), BITS, 7), coloured, coloured.labels());
            own(backend, RandomModels.of("40-7-3", QuantisationScheme.int4(), PHASE, 10), values, values.labels());
            own(backend, RandomModels.of("4x5x2-c4k2-3", QuantisationScheme.int8(), PHASE, 11), coloured, coloured.labels());
            own(backend, RandomModels.of("4x5x2-5-3", QuantisationScheme.ternary(), new InputForm.Events(1000), 8), events, events.labels());
            own(backend, RandomModels.of("4x5x2-c3k3-3", QuantisationScheme.int8(), new InputForm.Events(1000), 9), events, events.labels());
            assertEquals(0, backend.liveBuffers());
        }
    }

    private static void own(Backend backend, QuantisedModel model, LabelledSamples samples, byte[] labels) {
        answer(backend, model, samples, labels);
        assertEquals(1, run(backend, model, samples, 5).accuracy(), model.shape().toString());
        labels[2] = (byte) ((labels[2] + 1) % 3);
        labels[22] = (byte) ((labels[22] + 1) % 3);
        assertEquals(21.0 / 23, run(backend, model, samples, 23).accuracy(), model.shape().toString());
    }

    @Test
    void spikesAreCountedOfEveryLayer() {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            ValueSamples samples = values(arena, 12, 1, 3, 3);
            QuantisedModel model = RandomModels.of("3x3x1-c5k2-3", QuantisationScheme.int8(), new InputForm.Codes(), 2);
            InferenceMetrics result = run(backend, model, samples, 5);
            try (IntegerInput input = new IntegerInput(backend, model, samples, 12); IntegerNetwork network = new IntegerNetwork(backend, model, 12)) {
                network.forward(input.upload(input.prepare(0, 12)), 12);
                long hidden = bits(network.spikes(0), 5 * 12 * 4);
                long last = bits(network.spikes(1), 5 * 12);
                assertTrue(hidden > 0 && last > 0);
                assertEquals(hidden / (5.0 * 12 * 20), result.spikeRates().get(0), 1e-12);
                assertEquals(last / (5.0 * 12 * 3), result.spikeRates().get(1), 1e-12);
                assertEquals((hidden + last) / (5.0 * 12 * 23), result.spikeRate(), 1e-12);
            }
            assertEquals(5, result.batch());
            assertTrue(result.p50Ms() > 0 && result.p99Ms() >= result.p50Ms() && result.samplesPerSecond() > 0);
        }
    }

    private static long bits(Buffer spikes, int words) {
        return Arrays.stream(JavaArrays.ints(spikes, words)).mapToLong(Integer::bitCount).sum();
    }

    /// Codes and bits come out of the data set's channels in the order of a network's maps.
    @Test
    void mapsAreChannelLast() {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            ValueSamples samples = values(arena, 2, 2, 2, 3);
            QuantisedModel model = RandomModels.of("2x3x2-c1k2-3", QuantisationScheme.int8(), new InputForm.Codes(), 1);
            try (IntegerInput input = new IntegerInput(backend, model, samples, 2)) {
                MemorySegment codes = input.prepare(0, 2);
                assertEquals(24, codes.byteSize());
                for (int i = 0; i < 12; i++) {
                    int place = i / 2;
                    assertEquals((byte) Math.rint(255 * samples.value(1, i % 2 * 6 + place)), codes.get(ValueLayout.JAVA_BYTE, 12 + i));
                }
            }
            EncodedBatch encoded = EncodedBatch.of(new Latency(), samples, new int[] {0, 1}, 0, 5);
            try (IntegerInput input = new IntegerInput(backend, RandomModels.of("2x3x2-c1k2-3", QuantisationScheme.int8(), BITS, 1), samples, 2)) {
                MemorySegment maps = input.prepare(0, 2);
                assertEquals(5 * 2 * 6 * 4, maps.byteSize());
                for (int row = 0; row < 10; row++) {
                    for (int i = 0; i < 12; i++) {
                        int expected = encoded.words()[row] >>> i & 1;
                        assertEquals(expected, maps.getAtIndex(ValueLayout.JAVA_INT, row * 6 + i / 2) >>> i % 2 & 1, "row " + row + ", input " + i);
                    }
                }
            }
        }
    }

    /// A spike of the phase code enters as its weight of 2⁻⁸; the value of 8 steps is what the bytes add up to.
    @Test
    void weightedSpikesAreBytesThatAddUpToTheValue() {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            ValueSamples samples = values(arena, 3, 1, 4, 10);
            QuantisedModel model = RandomModels.of("40-3", QuantisationScheme.int8(), PHASE, 1);
            QuantisedModel eight = new QuantisedModel(model.shape(), 8, model.readout(), PHASE, model.layers(), model.notes());
            assertEquals(128, eight.largestInput(0));
            try (IntegerInput input = new IntegerInput(backend, eight, samples, 2)) {
                input.prepare(0, 2);
                MemorySegment bytes = input.prepare(1, 2);
                assertEquals(8 * 2 * 40, bytes.byteSize());
                for (int i = 0; i < 80; i++) {
                    int sum = 0;
                    for (int t = 0; t < 8; t++) {
                        int code = bytes.get(ValueLayout.JAVA_BYTE, t * 80 + i) & 0xFF;
                        assertTrue(code == 0 || code == 128 >> t, "step " + t + ": " + code);
                        sum += code;
                    }
                    assertEquals(InputForm.code(samples.value(1 + i / 40, i % 40)), sum);
                }
            }
        }
    }

    @Test
    void samplesOfAnotherKindAreRefused() {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            ValueSamples samples = values(arena, 2, 1, 4, 10);
            refused(backend, RandomModels.of("41-3", QuantisationScheme.int8(), new InputForm.Codes(), 1), samples, "takes 41 inputs and knows 3 classes; random gives 40 and has 3");
            refused(backend, RandomModels.of("40-2", QuantisationScheme.int8(), new InputForm.Codes(), 1), samples, "knows 2 classes");
            refused(backend, RandomModels.of("40-3", QuantisationScheme.int8(), new InputForm.Events(9), 1), samples, "takes recordings of events, random has values");
            refused(backend, RandomModels.of("40-3", QuantisationScheme.int8(), new InputForm.Codes(), 1), events(2), "takes values, events has recordings");
        }
    }

    private static void refused(Backend backend, QuantisedModel model, LabelledSamples samples, String message) {
        String said = assertThrows(InputException.class, () -> run(backend, model, samples, 2)).getMessage();
        assertTrue(said.contains(message), said);
    }
}
