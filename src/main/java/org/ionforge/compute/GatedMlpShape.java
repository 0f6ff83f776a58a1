package org.ionforge.compute;

import java.util.ArrayList;
import java.util.List;

/// Sizes of a [GatedMlp] and, from them, the place of every tensor in the flat parameter buffer.
///
/// @param inputs features of a row
/// @param trunkInputs leading features that the trunk sees
/// @param hidden1 width of the first trunk layer
/// @param hidden2 width of the second trunk layer
/// @param baseHidden hidden width of the base head
/// @param gateHidden hidden width of each gate head
/// @param sidecarHidden hidden width of each sidecar
/// @param sunInput index of the sun sidecar's feature
/// @param stormInput index of the storm sidecar's feature
public record GatedMlpShape(int inputs, int trunkInputs, int hidden1, int hidden2, int baseHidden, int gateHidden,
                            int sidecarHidden, int sunInput, int stormInput) {

    public GatedMlpShape {
        if (inputs < 1 || trunkInputs < 1 || trunkInputs > inputs || hidden1 < 1 || hidden2 < 1 || baseHidden < 1
                || gateHidden < 1 || sidecarHidden < 1 || sunInput < 0 || sunInput >= inputs || stormInput < 0
                || stormInput >= inputs) {
            throw new IllegalArgumentException("not a gated MLP: " + inputs + " inputs, trunk " + trunkInputs + "→" + hidden1
                    + "→" + hidden2 + ", heads " + baseHidden + ", " + gateHidden + ", sidecars " + sidecarHidden
                    + " on inputs " + sunInput + " and " + stormInput);
        }
    }

    /// Every tensor in the order of the buffer. Names are the operation's own: `trunk.1.weight`, `sunGate.2.bias`.
    public List<GatedMlp.Tensor> tensors() {
        List<GatedMlp.Tensor> tensors = new ArrayList<>();
        layer(tensors, "trunk.1", hidden1, trunkInputs);
        layer(tensors, "trunk.2", hidden2, hidden1);
        layer(tensors, "base.1", baseHidden, hidden2);
        layer(tensors, "base.2", 1, baseHidden);
        for (String gate : new String[] {"sunGate", "stormGate"}) {
            layer(tensors, gate + ".1", gateHidden, hidden2);
            layer(tensors, gate + ".2", 1, gateHidden);
        }
        for (String side : new String[] {"sunSide", "stormSide"}) {
            layer(tensors, side + ".1", sidecarHidden, 1);
            layer(tensors, side + ".2", 1, sidecarHidden);
        }
        return List.copyOf(tensors);
    }

    /// The tensor of that name.
    ///
    /// @throws IllegalArgumentException if there is none
    public GatedMlp.Tensor tensor(String name) {
        return tensors().stream().filter(t -> t.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no tensor " + name + " in " + this));
    }

    public int parameters() {
        return tensors().stream().mapToInt(GatedMlp.Tensor::length).sum();
    }

    private static void layer(List<GatedMlp.Tensor> tensors, String name, int rows, int columns) {
        int offset = tensors.isEmpty() ? 0 : tensors.getLast().offset() + tensors.getLast().length();
        tensors.add(new GatedMlp.Tensor(name + ".weight", offset, rows, columns));
        tensors.add(new GatedMlp.Tensor(name + ".bias", offset + rows * columns, rows, 0));
    }
}
