package org.ionforge.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.ionforge.errors.InputException;

/// Where `quickstart` takes its spots and solar indices from.
///
/// @param source in words, for the report
/// @param spots  archive files and folders
/// @param solar  files of solar indices
record QuickstartInput(String source, List<Path> spots, List<Path> solar) {

    private static final int ARCHIVE_COLUMNS = 15;

    /// What the user named. Solar indices not named are looked for in `data`.
    static QuickstartInput given(List<Path> spots, List<Path> solar, Optional<Path> data) {
        List<Path> indices = solar.isEmpty() ? data.map(QuickstartInput::solarIn).orElse(List.of()) : solar;
        if (indices.isEmpty()) {
            throw new InputException("quickstart: spots need solar indices: add --solar FILE (GFZ's Kp_ap_Ap_SN_F107_since_1932.txt)");
        }
        return new QuickstartInput(spots.size() == 1 ? "the file or folder given: " + spots.getFirst()
                : "the " + spots.size() + " files or folders given", spots, indices);
    }

    /// The archive files and indices in the folder that IONFORGE_DATA names: `wspr/` and `solar/`.
    ///
    /// @throws InputException if it has none
    static QuickstartInput in(Path data) {
        List<Path> spots = files(data.resolve("wspr")).filter(QuickstartInput::isArchive).toList();
        List<Path> solar = solarIn(data);
        if (spots.isEmpty() || solar.isEmpty()) {
            throw new InputException("quickstart: IONFORGE_DATA=" + data + " has " + (spots.isEmpty() ? "no archive file in wspr/"
                    : "no gfz*.txt in solar/") + "; give files, or unset it to use the simulator");
        }
        return new QuickstartInput("real spots in IONFORGE_DATA (" + spots.size() + " files of " + data.resolve("wspr") + ")", spots, solar);
    }

    /// The largest file in GFZ's layout.
    private static List<Path> solarIn(Path data) {
        return files(data.resolve("solar")).filter(p -> p.getFileName().toString().matches("(gfz|Kp_ap_Ap).*\\.txt"))
                .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length())).stream().toList();
    }

    /// Whether a file's first line has the columns of the archive and begins with a spot id.
    private static boolean isArchive(Path file) {
        String name = file.getFileName().toString();
        if (!name.endsWith(".csv") && !name.endsWith(".csv.gz")) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file); InputStream text = name.endsWith(".gz") ? new GZIPInputStream(in) : in;
             BufferedReader reader = new BufferedReader(new InputStreamReader(text, StandardCharsets.ISO_8859_1))) {
            String line = reader.readLine();
            String[] fields = line == null ? new String[0] : line.split(",", -1);
            return fields.length >= ARCHIVE_COLUMNS && fields[0].matches("\\d+");
        } catch (IOException e) {
            throw new InputException("quickstart: cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Stream<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException e) {
            throw new InputException("quickstart: cannot list " + folder + ": " + e.getMessage(), e);
        }
    }
}
