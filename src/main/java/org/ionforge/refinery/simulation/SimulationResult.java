package org.ionforge.refinery.simulation;

import java.nio.file.Path;
import java.util.List;

/// The files of a finished simulation.
///
/// @param archives   `wsprspots-YYYY-MM.csv.gz`, oldest first
/// @param solar      indices in GFZ layout
/// @param goes       GOES X-ray fluxes, @code null unless asked for
/// @param truthFile  what was planted
/// @param truth      the same
/// @param shortfall  spots that were asked for and that so small a network could not make
/// @param fileBytes  bytes of the archives
/// @param seconds    it took
public record SimulationResult(List<Path> archives, Path solar, Path goes, Path truthFile, Truth truth, long shortfall,
                               long fileBytes, double seconds) {

    public SimulationResult {
        archives = List.copyOf(archives);
    }
}
