package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartInputTest {

    private static final String ARCHIVE = "5273871656,1675210080,VK5ARG,PF95ht,-18,10.140134,VK6CQ,OF78wa,23,0,2129,103,10,spyserver_,1\n";

    @TempDir
    private Path data;

    @BeforeEach
    void folders() throws Exception {
        Files.createDirectories(data.resolve("wspr"));
        Files.createDirectories(data.resolve("solar"));
    }

    @Test
    void takesArchiveFilesAndTheLargestFileOfIndices() throws Exception {
        Files.writeString(data.resolve("wspr/b.csv"), ARCHIVE);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(data.resolve("wspr/a.csv.gz")))) {
            out.write(ARCHIVE.getBytes(StandardCharsets.US_ASCII));
        }
        Files.writeString(data.resolve("wspr/export.csv"), "time,band,tx_sign,tx_lat,tx_lon,rx_sign,rx_lat,rx_lon,frequency,snr,drift,power,distance\n");
        Files.writeString(data.resolve("wspr/notes.txt"), ARCHIVE);
        Files.writeString(data.resolve("solar/gfz-excerpt.txt"), "# short\n");
        Files.writeString(data.resolve("solar/gfz-long.txt"), "# much longer than the excerpt\n");
        Files.writeString(data.resolve("solar/penticton-fluxtable.txt"), "another layout, and the longest of all the files in here\n");
        QuickstartInput input = QuickstartInput.in(data);
        assertEquals(List.of(data.resolve("wspr/a.csv.gz"), data.resolve("wspr/b.csv")), input.spots());
        assertEquals(List.of(data.resolve("solar/gfz-long.txt")), input.solar());
        assertTrue(input.source().contains("IONFORGE_DATA (2 files"), input.source());
    }

    @Test
    void saysWhatTheFolderLacks() throws Exception {
        assertTrue(assertThrows(InputException.class, () -> QuickstartInput.in(data)).getMessage().contains("no archive file in wspr/"));
        Files.writeString(data.resolve("wspr/b.csv"), ARCHIVE);
        assertTrue(assertThrows(InputException.class, () -> QuickstartInput.in(data)).getMessage().contains("no gfz*.txt in solar/"));
    }

    @Test
    void givenSpotsNeedIndicesFromSomewhere() throws Exception {
        List<Path> spots = List.of(data.resolve("wspr"));
        assertThrows(InputException.class, () -> QuickstartInput.given(spots, List.of(), Optional.empty()));
        assertThrows(InputException.class, () -> QuickstartInput.given(spots, List.of(), Optional.of(data)));
        Files.writeString(data.resolve("solar/gfz.txt"), "#\n");
        assertEquals(List.of(data.resolve("solar/gfz.txt")), QuickstartInput.given(spots, List.of(), Optional.of(data)).solar());
        Path named = data.resolve("mine.txt");
        assertEquals(List.of(named), QuickstartInput.given(spots, List.of(named), Optional.of(data)).solar());
    }
}
