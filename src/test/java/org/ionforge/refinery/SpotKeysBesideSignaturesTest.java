package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.SpotKeys;
import org.junit.jupiter.api.Test;

/// The engine's keys are those by which the refinery counts.
class SpotKeysBesideSignaturesTest {

    @Test
    void theKeysOfSignaturesAndBucketsAgree() {
        int n = 5000;
        Random random = new Random(1);
        short[] band = new short[n];
        int[] time = new int[n];
        short[] tx = new short[n];
        short[] rx = new short[n];
        float[] sfi = new float[n];
        float[] distance = new float[n];
        for (int i = 0; i < n; i++) {
            band[i] = (short) (Bands.FIRST_HF + random.nextInt(Bands.LAST_HF - Bands.FIRST_HF + 1));
            time[i] = random.nextInt();
            tx[i] = (short) random.nextInt(SpotKeys.SQUARES);
            rx[i] = (short) random.nextInt(SpotKeys.SQUARES);
            sfi[i] = random.nextInt(10) == 0 ? Float.NaN : 60 + random.nextInt(140);
            distance[i] = SignatureTally.LEAST_KM + random.nextInt(10_000);
        }
        SpotKeys.Rule rule = new SpotKeys.Rule(Bands.FIRST_HF, Bands.LAST_HF, SignatureTally.LEAST_KM, 80, 100, 130, 170);
        try (Backend backend = Backends.named("reference"); Buffer keys = backend.allocate(ElementType.U64, n);
             Buffer buckets = backend.allocate(ElementType.U32, n);
             Buffer times = backend.load(ElementType.U32, MemorySegment.ofArray(time))) {
            SpotKeys.Spots spots = new SpotKeys.Spots(backend.load(ElementType.U16, MemorySegment.ofArray(band)), times,
                    backend.load(ElementType.U16, MemorySegment.ofArray(tx)), backend.load(ElementType.U16, MemorySegment.ofArray(rx)),
                    backend.load(ElementType.F32, MemorySegment.ofArray(sfi)), backend.load(ElementType.F32, MemorySegment.ofArray(distance)));
            backend.spotKeys().signatures(spots, rule, keys, n);
            backend.spotKeys().buckets(times, buckets, n);
            for (int i = 0; i < n; i++) {
                int hour = (int) (Integer.toUnsignedLong(time[i]) / 3600 % 24);
                assertEquals(SignatureKey.pack(band[i], hour, tx[i], rx[i], SignatureKey.classOf(sfi[i])),
                        keys.host().getAtIndex(ValueLayout.JAVA_LONG, i));
                assertEquals(BucketStore.bucketOf(time[i]), buckets.host().getAtIndex(ValueLayout.JAVA_INT, i));
            }
        }
    }
}
