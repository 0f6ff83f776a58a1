package org.ionforge.refinery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ionforge.errors.InputException;

/// A file of spots to refine.
///
/// @param source its name in the ingest log: the absolute path, so that two files of one name in two folders stay two
/// @param size   bytes as stored
record SpotFile(Path path, String source, long size) {

    /// The files that the arguments mean, in their order; a folder means its `.csv` and `.csv.gz` files at any depth, by name.
    ///
    /// @throws InputException if one does not exist, cannot be read, or a folder holds none
    static List<SpotFile> find(List<Path> arguments) {
        Set<Path> found = new LinkedHashSet<>();
        for (Path argument : arguments) {
            Path path = argument.toAbsolutePath().normalize();
            if (Files.isDirectory(path)) {
                List<Path> inside = spotFilesBelow(path);
                if (inside.isEmpty()) {
                    throw new InputException("no .csv or .csv.gz file in " + argument);
                }
                found.addAll(inside);
            } else if (Files.isReadable(path)) {
                found.add(path);
            } else {
                throw new InputException((Files.exists(path) ? "cannot read " : "no such file or folder: ") + argument);
            }
        }
        List<SpotFile> files = new ArrayList<>();
        for (Path path : found) {
            files.add(of(path));
        }
        return files;
    }

    private static SpotFile of(Path path) {
        try {
            return new SpotFile(path, path.toString(), Files.size(path));
        } catch (IOException e) {
            throw new InputException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private static List<Path> spotFilesBelow(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .filter(p -> p.toString().endsWith(".csv") || p.toString().endsWith(".csv.gz"))
                    .sorted(Comparator.comparing(Path::toString)).toList();
        } catch (IOException e) {
            throw new InputException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }
}
