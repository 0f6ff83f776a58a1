package org.ionforge.spiking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkShapeTest {

    @Test
    void readsAFullyConnectedNetwork() {
        NetworkShape shape = NetworkShape.parse("784-1000-10");
        assertEquals(NetworkShape.dense(784, 1000, 10), shape);
        assertEquals(784, shape.inputs());
        assertEquals(1000, shape.layer(1).inputs());
        assertEquals(10_000, shape.layer(1).weights());
        assertEquals(10, shape.outputs());
        assertFalse(shape.convolutional());
    }

    @Test
    void readsAConvolutionalNetwork() {
        NetworkShape shape = NetworkShape.parse("28x28x1-c12k5-p2-c32k5-p2-10");
        assertEquals(new NetworkShape.Image(24, 24, 12), shape.layer(0).out());
        assertEquals(new NetworkShape.Image(12, 12, 12), shape.layer(1).pooled());
        assertEquals(300, shape.layer(1).inputs());
        assertEquals(new NetworkShape.Image(8, 8, 32), shape.layer(1).out());
        assertEquals(4 * 4 * 32, shape.layer(2).inputs());
        assertEquals(10, shape.outputs());
        assertTrue(shape.convolutional());
    }

    @Test
    void padsAndStrides() {
        NetworkShape.Layer layer = NetworkShape.parse("34x34x2-c8k3s2z1-10").layer(0);
        assertEquals(new NetworkShape.Image(17, 17, 8), layer.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"784-1000-10", "28x28x1-c12k5-p2-c32k5-p2-10", "34x34x2-p2-c8k3s2z1-10"})
    void writesWhatItReads(String text) {
        assertEquals(text, NetworkShape.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "784", "784-", "784-0-10", "784-x-10", "784--10", "28x28x1-c12", "28x28x1-c12k29-10", "28x28x1-p2",
            "784-p2-10", "28x28x1-c12k5z5-10", "99999999-10", "784-c1k0-10"})
    void refusesWhatIsNone(String text) {
        InputException refused = assertThrows(InputException.class, () -> NetworkShape.parse(text));
        assertTrue(refused.getMessage().contains("is no network"), refused.getMessage());
    }
}
