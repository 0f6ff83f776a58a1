package org.ionforge.spiking.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.data.ValueSamples;
import org.junit.jupiter.api.Test;

class EncodersTest {

    /// Steps at which an input fires.
    private static int[] train(EncodedBatch batch, int sample, int input) {
        int row = EncodedBatch.row(batch.inputs());
        return IntStream.range(0, batch.steps()).filter(t -> (batch.words()[(t * batch.batch() + sample) * row + input / 32] >>> input % 32 & 1) != 0).toArray();
    }

    private static EncodedBatch encode(SpikeEncoder encoder, int steps, float... values) {
        return inEpoch(0, encoder, steps, values);
    }

    private static EncodedBatch inEpoch(int epoch, SpikeEncoder encoder, int steps, float... values) {
        ValueSamples samples = new ValueSamples("test", Arena.ofAuto().allocate(4L * values.length, 64).copyFrom(MemorySegment.ofArray(values)),
                new byte[] {0}, 1, 1, 1, values.length);
        return EncodedBatch.of(encoder, samples, new int[] {0}, epoch, steps);
    }

    @Test
    void latencyGivesEachFeatureOneSpikeTheLargestFirst() {
        EncodedBatch batch = encode(new Latency(), 25, 1, 0.5f, 0, 0.99f);
        assertArrayEquals(new int[] {0}, train(batch, 0, 0));
        assertArrayEquals(new int[] {12}, train(batch, 0, 1));
        assertArrayEquals(new int[] {24}, train(batch, 0, 2));
        assertArrayEquals(new int[] {0}, train(batch, 0, 3));
        assertEquals(new EncodingFigures(0.04, 0.96, 1, 0, 0), batch.figures());
        assertArrayEquals(new int[] {0}, train(encode(new Latency(), 1, 0), 0, 0), "one step has room for one spike");
    }

    @Test
    void aPopulationFiresUpToItsValue() {
        EncodedBatch batch = encode(new Population(4), 3, 0.5f, 0.2f, 1);
        assertEquals(12, batch.inputs());
        int[] fires = IntStream.range(0, 12).filter(i -> train(batch, 0, i).length == 3).toArray();
        assertArrayEquals(new int[] {0, 1, 8, 9, 10, 11}, fires);
        assertEquals(0.5, batch.figures().rate());
        assertEquals(0.5, batch.figures().silentInputs());
    }

    @Test
    void aBurstHasMoreSpikesAndCloserForALargerValue() {
        EncodedBatch batch = encode(new Burst(5, 1, 5), 10, 1, 0.5f, 0, 0.2f);
        assertArrayEquals(new int[] {0, 1, 2, 3, 4}, train(batch, 0, 0));
        assertArrayEquals(new int[] {0, 3}, train(batch, 0, 1), "round(2.5) = 2 spikes, 3 apart");
        assertArrayEquals(new int[] {}, train(batch, 0, 2));
        assertArrayEquals(new int[] {0}, train(batch, 0, 3));
        assertArrayEquals(new int[] {0, 5}, train(encode(new Burst(5, 5, 5), 8, 1), 0, 0), "the rest comes after the last step");
    }

    @Test
    void aPhaseCodeAddsUpToTheValue() {
        Phase phase = new Phase(8);
        float[] values = {0, 1, 0.5f, 0.123f};
        EncodedBatch batch = encode(phase, 16, values);
        for (int i = 0; i < values.length; i++) {
            double sum = Arrays.stream(train(batch, 0, i)).mapToDouble(phase::weight).sum() / 2;
            assertEquals(Math.rint(values[i] * 255) / 256, sum, 1e-12, "of " + values[i]);
        }
    }

    @Test
    void aRateIsTheValueAndDependsOnSeedSampleAndEpochAlone() {
        float[] values = {0, 0.1f, 0.5f, 0.9f, 1};
        int steps = 40_000;
        EncodedBatch batch = encode(new Rate(7), steps, values);
        for (int i = 0; i < values.length; i++) {
            double deviation = Math.sqrt(values[i] * (1 - values[i]) / steps);
            assertEquals(values[i], train(batch, 0, i).length / (double) steps, 4 * deviation + 1e-12, "rate of " + values[i]);
        }
        int together = (int) IntStream.of(train(batch, 0, 1)).filter(t -> Arrays.binarySearch(train(batch, 0, 2), t) >= 0).count();
        assertEquals(0.05, together / (double) steps, 4 * Math.sqrt(0.05 * 0.95 / steps), "features are independent");
        assertArrayEquals(batch.words(), encode(new Rate(7), steps, values).words());
        assertFalse(Arrays.equals(batch.words(), encode(new Rate(8), steps, values).words()));
        assertFalse(Arrays.equals(batch.words(), inEpoch(1, new Rate(7), steps, values).words()), "another epoch, another draw");
    }

    @Test
    void namesAreTheConfigurations() {
        for (String name : List.of("direct", "rate", "latency", "population", "burst", "phase")) {
            assertEquals(name, Encoder.named(name, 1).name());
        }
        assertTrue(assertThrows(InputException.class, () -> Encoder.named("morse", 1)).getMessage().contains("one of direct, rate"));
    }
}
