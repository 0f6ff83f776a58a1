package org.ionforge.spiking;

import org.ionforge.compute.Buffer;

/// The part of a network's flat buffer, of parameters or of their gradients, that belongs to one layer.
///
/// @param flat F32, as the table says
record LayerParameters(ParameterTable table, int layer, Buffer flat) {

    Buffer of(ParameterTable.Kind kind) {
        return slice(table.entry(kind, layer));
    }

    /// All of them 0.
    void clear() {
        table.entries().stream().filter(entry -> entry.layer() == layer).forEach(entry -> slice(entry).fill((byte) 0));
    }

    private Buffer slice(ParameterTable.Entry entry) {
        return flat.slice(entry.offset(), entry.length());
    }
}
