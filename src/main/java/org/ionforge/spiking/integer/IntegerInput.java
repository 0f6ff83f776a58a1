package org.ionforge.spiking.integer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.SpikeMaps;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.encoding.EncodedBatch;

/// Samples of a data set as an [IntegerNetwork] takes them: bytes, or bits.
public final class IntegerInput implements AutoCloseable {

    private final QuantisedModel model;
    private final LabelledSamples samples;
    private final SpikeMaps maps;
    private final Buffer buffer;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment staging;

    /// @param batch most samples at once
    /// @throws InputException if the model takes other samples than these
    public IntegerInput(Backend backend, QuantisedModel model, LabelledSamples samples, int batch) {
        this.model = model;
        check(model, samples);
        this.samples = samples instanceof EventSamples events ? events.channelLast() : samples;
        this.maps = SpikeMaps.of(model.shape());
        this.buffer = backend.allocate(model.input().bytes() ? ElementType.U8 : ElementType.U32, Math.multiplyExact(batch, unit()));
        this.staging = arena.allocate(buffer.byteSize(), 64);
    }

    private static void check(QuantisedModel model, LabelledSamples samples) {
        int features = samples.features();
        int inputs = switch (model.input()) {
            case InputForm.Codes _ when samples instanceof ValueSamples -> features;
            case InputForm.Encoded encoded when samples instanceof ValueSamples -> encoded.spikes().inputs(features);
            case InputForm.Events _ when samples instanceof EventSamples -> features;
            default -> throw new InputException("the model takes " + (model.input() instanceof InputForm.Events ? "recordings of events" : "values")
                    + ", " + samples.name() + " has " + (samples instanceof EventSamples ? "recordings of events" : "values"));
        };
        if (inputs != model.shape().inputs() || samples.classes() > model.shape().outputs()) {
            throw new InputException("the model " + model.shape() + " takes " + model.shape().inputs() + " inputs and knows " + model.shape().outputs()
                    + " classes; " + samples.name() + " gives " + inputs + " and has " + samples.classes());
        }
    }

    /// Puts samples `first` to `first + count − 1` into host memory, encoded.
    ///
    /// @return the bytes to [#upload], valid until the next call
    public MemorySegment prepare(int first, int count) {
        switch (model.input()) {
            case InputForm.Codes _ -> codes((ValueSamples) samples, first, count);
            case InputForm.Encoded encoded -> {
                int[] chosen = IntStream.range(first, first + count).toArray();
                EncodedBatch batch = EncodedBatch.of(encoded.spikes(), (ValueSamples) samples, chosen, 0, model.steps());
                if (encoded.bytes()) {
                    weighted(batch, encoded);
                } else {
                    bits(batch.words());
                }
            }
            case InputForm.Events events -> bits(frames((EventSamples) samples, events.microseconds(), first, count));
        }
        return staging.asSlice(0, unit() * count * buffer.type().bytes());
    }

    /// Elements of one sample over all steps.
    private long unit() {
        return switch (model.input()) {
            case InputForm.Codes _ -> model.shape().inputs();
            case InputForm.Encoded encoded when encoded.bytes() -> (long) model.steps() * model.shape().inputs();
            default -> (long) model.steps() * maps.row();
        };
    }

    /// Channel-last, as networks have their maps; data sets have them channel after channel.
    private void codes(ValueSamples values, int first, int count) {
        int features = values.features();
        int channels = values.channels();
        int places = features / channels;
        for (int sample = 0; sample < count; sample++) {
            for (int i = 0; i < features; i++) {
                float value = values.value(first + sample, i % channels * places + i / channels);
                staging.set(ValueLayout.JAVA_BYTE, (long) sample * features + i, (byte) InputForm.code(value));
            }
        }
    }

    private int[] frames(EventSamples events, int microseconds, int first, int count) {
        int row = EncodedBatch.row(events.features());
        int[] words = new int[model.steps() * count * row];
        int[] frames = new int[model.steps() * row];
        for (int b = 0; b < count; b++) {
            Arrays.fill(frames, 0);
            events.frames(first + b, model.steps(), microseconds, frames, 0);
            for (int t = 0; t < model.steps(); t++) {
                System.arraycopy(frames, t * row, words, (t * count + b) * row, row);
            }
        }
        return words;
    }

    /// Each spike as the byte that its step gives it.
    private void weighted(EncodedBatch batch, InputForm.Encoded form) {
        int row = EncodedBatch.row(batch.inputs());
        staging.asSlice(0, (long) batch.steps() * batch.batch() * batch.inputs()).fill((byte) 0);
        for (int t = 0; t < batch.steps(); t++) {
            byte code = (byte) form.code(t);
            for (int at = t * batch.batch() * row; at < (t + 1) * batch.batch() * row; at++) {
                for (int word = batch.words()[at]; word != 0; word &= word - 1) {
                    int input = at % row * Integer.SIZE + Integer.numberOfTrailingZeros(word);
                    staging.set(ValueLayout.JAVA_BYTE, (long) (at / row) * batch.inputs() + input, code);
                }
            }
        }
    }

    /// @param words `[T, B, ⌈inputs/32⌉]`
    private void bits(int[] words) {
        int[] laid = maps.of(words);
        MemorySegment.copy(laid, 0, staging, ValueLayout.JAVA_INT, 0, laid.length);
    }

    /// Brings what was prepared to the backend.
    ///
    /// @return what [IntegerNetwork#forward] takes
    public Buffer upload(MemorySegment prepared) {
        buffer.upload(prepared);
        return buffer;
    }

    @Override
    public void close() {
        buffer.close();
        arena.close();
    }
}
