package org.ionforge.spiking.training;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.data.ValueSamples;

/// Tells one data set from another, so that a training does not go on with other data than it began with.
final class Fingerprint {

    /// Bytes that are taken at once.
    private static final long SLICE = 1 << 30;

    private Fingerprint() {
    }

    /// CRC-32C of labels and values or events, eight hexadecimal digits.
    static String of(LabelledSamples samples) {
        CRC32C sum = new CRC32C();
        switch (samples) {
            case ValueSamples values -> {
                sum.update(values.labels());
                for (long at = 0; at < values.values().byteSize(); at += SLICE) {
                    sum.update(values.values().asSlice(at, Math.min(SLICE, values.values().byteSize() - at)).asByteBuffer());
                }
            }
            case EventSamples events -> {
                sum.update(events.labels());
                take(sum, events.addresses());
                take(sum, events.microseconds());
            }
        }
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private static void take(CRC32C sum, int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
        bytes.asIntBuffer().put(values);
        sum.update(bytes);
    }
}
