package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrecisionTest {

    @ParameterizedTest
    @EnumSource(Precision.class)
    void roundsToTheNearestOperand(Precision precision) {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            float x = Float.intBitsToFloat(random.nextInt());
            float rounded = precision.round(x);
            if (Float.isNaN(x)) {
                assertTrue(Float.isNaN(rounded));
                continue;
            }
            assertEquals(rounded, precision.round(rounded), "an operand stays as it is");
            if (Math.abs(x) >= Float.MIN_NORMAL && !Float.isInfinite(rounded)) {
                assertTrue(Math.abs((double) rounded - x) <= precision.roundoff() * Math.abs(x), x + " to " + rounded);
            }
        }
    }

    @Test
    void tiesGoToEven() {
        assertEquals(1f, Precision.BF16.round(1 + 0x1p-8f));
        assertEquals(1 + 0x1p-6f, Precision.BF16.round(1 + 3 * 0x1p-8f));
        assertEquals(1 + 0x1p-7f, Precision.BF16.round(1 + 0x1p-8f + 0x1p-23f));
        assertEquals(-1f, Precision.TF32.round(-1 - 0x1p-11f));
        assertEquals(-1 - 0x1p-9f, Precision.TF32.round(-1 - 3 * 0x1p-11f));
    }

    @Test
    void keepsWhatIsNoOrdinaryNumber() {
        for (Precision precision : Precision.values()) {
            assertEquals(Float.NEGATIVE_INFINITY, precision.round(Float.NEGATIVE_INFINITY));
            assertTrue(Float.isNaN(precision.round(Float.intBitsToFloat(0x7f800001))));
            assertTrue(Float.isNaN(precision.round(Float.intBitsToFloat(0xffffffff))));
            assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(precision.round(-0f)));
        }
        assertEquals(Float.POSITIVE_INFINITY, Precision.BF16.round(Float.MAX_VALUE));
        assertEquals(0x1p-133f, Precision.BF16.round(0x1p-133f), "the smallest subnormal of BF16");
        assertEquals(0, Precision.BF16.round(0x1p-135f));
        assertEquals(Float.MAX_VALUE, Precision.FP32.round(Float.MAX_VALUE));
    }
}
