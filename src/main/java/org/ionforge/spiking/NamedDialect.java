package org.ionforge.spiking;

import java.util.List;
import java.util.stream.Collectors;
import org.ionforge.compute.LifDialect;
import org.ionforge.errors.InputException;

/// A dialect of LIF neurons under a name, with the leak that is usual for it.
///
/// @param leak λ of the dialect: β, τ or dt/τ
public record NamedDialect(String name, LifDialect dialect, float leak) {

    private static final float BETA = 0.95f;

    public static final List<NamedDialect> ALL = List.of(
            new NamedDialect("ionforge", LifDialect.IONFORGE, BETA),
            new NamedDialect("ionforge-subtract", LifDialect.IONFORGE.subtracting(), BETA),
            new NamedDialect("snntorch", LifDialect.SNNTORCH_LEAKY, BETA),
            new NamedDialect("snntorch-zero", LifDialect.SNNTORCH_LEAKY_ZERO, BETA),
            new NamedDialect("spikingjelly", LifDialect.SPIKINGJELLY_LIF_NODE, 2),
            new NamedDialect("norse", LifDialect.NORSE_LIF, 0.1f),
            new NamedDialect("sinabs", LifDialect.SINABS_LIF, BETA),
            new NamedDialect("spyx", LifDialect.SPYX_LIF, BETA),
            new NamedDialect("mint", LifDialect.MINT, 0.5f));

    public static List<String> names() {
        return ALL.stream().map(NamedDialect::name).toList();
    }

    /// @throws InputException if there is none of that name
    public static NamedDialect named(String name) {
        return ALL.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow(() -> new InputException("no dialect '" + name
                + "': one of " + ALL.stream().map(NamedDialect::name).collect(Collectors.joining(", "))));
    }
}
