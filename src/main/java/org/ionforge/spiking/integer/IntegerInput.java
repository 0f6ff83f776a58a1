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
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.encoding.EncodedBatch;
import org.ionforge.spiking.encoding.Encoder;
import org.ionforge.spiking.encoding.SpikeEncoder;

/// Samples of a data set as an [IntegerNetwork] takes them: bytes, or bits.
public final class IntegerInput implements AutoCloseable {

    private final QuantisedModel model;
    private final LabelledSamples samples;
    private final Buffer buffer;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment staging;

    /// @param batch most samples at once
    /// @throws InputException if the model takes other samples than these
    public IntegerInput(Backend backend, QuantisedModel model, LabelledSamples samples, int batch) {
        this.model = model;
        check(model, samples);
        this.samples = samples instanceof EventSamples events ? events.channelLast() : samples;
        boolean codes = model.input() instanceof InputForm.Codes;
        long length = codes ? Math.multiplyExact((long) batch, model.shape().inputs()) : (long) model.steps() * batch * rowWords();
        this.buffer = backend.allocate(codes ? ElementType.U8 : ElementType.U32, length);
        this.staging = arena.allocate(buffer.byteSize(), 64);
    }

    private static void check(QuantisedModel model, LabelledSamples samples) {
        int features = samples.features();
        int inputs = switch (model.input()) {
            case InputForm.Codes _ when samples instanceof ValueSamples -> features;
            case InputForm.Encoded encoded when samples instanceof ValueSamples -> encoder(encoded, model.steps()).inputs(features);
            case InputForm.Events _ when samples instanceof EventSamples -> features;
            default -> throw new InputException("the model takes " + (model.input() instanceof InputForm.Events ? "recordings of events" : "values")
                    + ", " + samples.name() + " has " + (samples instanceof EventSamples ? "recordings of events" : "values"));
        };
        if (inputs != model.shape().inputs() || samples.classes() > model.shape().outputs()) {
            throw new InputException("the model " + model.shape() + " takes " + model.shape().inputs() + " inputs and knows " + model.shape().outputs()
                    + " classes; " + samples.name() + " gives " + inputs + " and has " + samples.classes());
        }
    }

    private static SpikeEncoder encoder(InputForm.Encoded encoded, int steps) {
        if (!(Encoder.named(encoded.encoder(), encoded.seed()) instanceof SpikeEncoder encoder)) {
            throw new InputException("the model's encoder '" + encoded.encoder() + "' makes no spikes");
        }
        if (IntStream.range(0, steps).anyMatch(t -> encoder.weight(t) != 1)) {
            throw new InputException("spikes of the encoder '" + encoded.encoder() + "' count differently from step to step, which bits cannot say");
        }
        return encoder;
    }

    /// Whether bits of a whole sample in a row are what the first layer takes; else it takes maps, each position in words of its own.
    private boolean flat() {
        NetworkShape.Layer first = model.shape().layer(0);
        return !first.convolutional() && first.pool() == 1;
    }

    private int rowWords() {
        NetworkShape.Image input = model.shape().input();
        return flat() ? EncodedBatch.row(input.size()) : input.positions() * EncodedBatch.row(input.channels());
    }

    /// Puts samples `first` to `first + count − 1` into host memory, encoded.
    ///
    /// @return the bytes to [#upload], valid until the next call
    public MemorySegment prepare(int first, int count) {
        switch (model.input()) {
            case InputForm.Codes _ -> codes((ValueSamples) samples, first, count);
            case InputForm.Encoded encoded -> {
                int[] chosen = IntStream.range(first, first + count).toArray();
                bits(EncodedBatch.of(encoder(encoded, model.steps()), (ValueSamples) samples, chosen, 0, model.steps()).words());
            }
            case InputForm.Events events -> bits(frames((EventSamples) samples, events.microseconds(), first, count));
        }
        return staging.asSlice(0, unit() * count * buffer.type().bytes());
    }

    /// Elements of one sample over all steps.
    private long unit() {
        return model.input() instanceof InputForm.Codes ? model.shape().inputs() : (long) model.steps() * rowWords();
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

    /// @param words `[T, B, ⌈inputs/32⌉]`
    private void bits(int[] words) {
        if (flat()) {
            MemorySegment.copy(words, 0, staging, ValueLayout.JAVA_INT, 0, words.length);
            return;
        }
        int row = EncodedBatch.row(model.shape().inputs());
        int channels = model.shape().input().channels();
        int place = EncodedBatch.row(channels);
        int[] maps = new int[words.length / row * rowWords()];
        for (int at = 0; at < words.length; at++) {
            int map = at / row * rowWords();
            for (int word = words[at]; word != 0; word &= word - 1) {
                int input = at % row * Integer.SIZE + Integer.numberOfTrailingZeros(word);
                int channel = input % channels;
                maps[map + input / channels * place + channel / Integer.SIZE] |= 1 << channel % Integer.SIZE;
            }
        }
        MemorySegment.copy(maps, 0, staging, ValueLayout.JAVA_INT, 0, maps.length);
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
