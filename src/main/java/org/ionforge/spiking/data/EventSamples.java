package org.ionforge.spiking.data;

/// Recordings of an event camera: each sample is a list of addresses with times.
///
/// @param starts       `[size + 1]`, first event of each sample, and the end of the last
/// @param addresses    per event `polarity·height·width + y·width + x`
/// @param microseconds per event, since the start of its recording, in ascending order
/// @param labels       class of each sample
public record EventSamples(String name, int[] starts, int[] addresses, int[] microseconds, byte[] labels, int classes, int polarities,
                           int height, int width) implements LabelledSamples {

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public int features() {
        return polarities * height * width;
    }

    @Override
    public int label(int sample) {
        return labels[sample] & 0xFF;
    }

    /// Number of events of all samples.
    public int events() {
        return addresses.length;
    }

    /// Time of the last event of all.
    public int lastMicrosecond() {
        int last = 0;
        for (int at : microseconds) {
            last = Math.max(last, at);
        }
        return last;
    }

    /// The same events under the addresses of a network's maps, which are channel-last: `(y·width + x)·polarities + polarity`.
    public EventSamples channelLast() {
        int places = height * width;
        int[] mapped = new int[addresses.length];
        for (int e = 0; e < mapped.length; e++) {
            mapped[e] = addresses[e] % places * polarities + addresses[e] / places;
        }
        return new EventSamples(name, starts, mapped, microseconds, labels, classes, polarities, height, width);
    }

    /// Sets in `words` one bit for every address that fired in each of `steps` equal parts of `duration`; events after it are left
    /// out. Bit i of word w of a step is address 32·w + i.
    ///
    /// @param words `[steps, ⌈features/32⌉]` from `offset` on, zero before
    /// @param duration in microseconds, one for the whole data set
    public void frames(int sample, int steps, int duration, int[] words, int offset) {
        int row = (features() + Integer.SIZE - 1) / Integer.SIZE;
        for (int e = starts[sample]; e < starts[sample + 1]; e++) {
            int step = (int) ((long) microseconds[e] * steps / duration);
            if (step < steps) {
                words[offset + step * row + addresses[e] / Integer.SIZE] |= 1 << addresses[e] % Integer.SIZE;
            }
        }
    }
}
