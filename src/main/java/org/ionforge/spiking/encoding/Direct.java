package org.ionforge.spiking.encoding;

/// The values as a constant current into the first layer, the same at every step: its product is computed once.
public record Direct() implements Encoder {

    @Override
    public String name() {
        return "direct";
    }
}
