package org.ionforge.compute.cuda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.ionforge.compute.cuda.vendor.ProductChoices.Choice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProductChoicesTest {

    private static final MatrixProduct FIRST = new MatrixProduct(MatrixProduct.Type.BF16, MatrixProduct.Form.COLUMNS_BY_COLUMNS, 256, 512, 65536);
    private static final MatrixProduct SECOND = new MatrixProduct(MatrixProduct.Type.INT8, MatrixProduct.Form.ROWS_BY_ROWS, 3200, 1000, 784);
    private static final Choice LIBRARY = Choice.of(Map.of("ionforge", 0.3, "cuBLASLt", 0.1, "cuDNN", 0.2));
    private static final Choice OURS = Choice.of(Map.of("ionforge", 0.1, "cuBLASLt", 0.3));

    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("ionforge/products.json");
    }

    private ProductChoices choices(String device, String measuredWith) {
        return new ProductChoices(file, device, measuredWith);
    }

    @Test
    void theFastestIsChosenAndOursWhereItIsAsFast() {
        assertEquals("cuBLASLt", LIBRARY.provider());
        assertEquals("ionforge", OURS.provider());
        assertEquals("ionforge", Choice.of(Map.of("ionforge", 0.25, "cuBLAS", 0.25, "cuDNN", 0.25)).provider());
        assertThrows(IllegalArgumentException.class, () -> new Choice("cuDNN", OURS.milliseconds()));
    }

    @Test
    void whatOneRunMeasuresTheNextRemembers() {
        ProductChoices first = choices("H100", "driver 13");
        assertEquals(Optional.empty(), first.of(FIRST));
        first.put(FIRST, LIBRARY);
        first.put(SECOND, OURS);
        assertEquals(Optional.of(LIBRARY), first.of(FIRST));
        ProductChoices next = choices("H100", "driver 13");
        assertEquals(Optional.of(LIBRARY), next.of(FIRST));
        assertEquals(Optional.of(OURS), next.of(SECOND));
        assertEquals(Set.of("bf16 AᵀB 256×512×65536", "int8 ABᵀ 3200×1000×784"), ProductChoices.remembered(file).get("H100").products().keySet());
    }

    @Test
    void devicesHaveChoicesOfTheirOwnAndAnotherDriverMeasuresAgain() {
        ProductChoices large = choices("H100", "driver 13");
        ProductChoices small = choices("RTX 4090", "driver 13");
        large.put(FIRST, LIBRARY);
        small.put(FIRST, OURS);
        assertEquals(Optional.of(LIBRARY), choices("H100", "driver 13").of(FIRST));
        assertEquals(Optional.of(OURS), choices("RTX 4090", "driver 13").of(FIRST));
        ProductChoices updated = choices("H100", "driver 14");
        assertEquals(Optional.empty(), updated.of(FIRST));
        updated.put(SECOND, OURS);
        assertEquals(Optional.empty(), choices("H100", "driver 13").of(FIRST), "what another driver measured is gone");
        assertEquals(Set.of("H100", "RTX 4090"), ProductChoices.remembered(file).keySet());
        assertEquals("driver 14", ProductChoices.remembered(file).get("H100").measuredWith());
    }

    @Test
    void aFileOfAnotherVersionOrASpoiltOneIsWrittenAnew() throws IOException {
        choices("H100", "driver 13").put(FIRST, LIBRARY);
        String written = Files.readString(file);
        assertTrue(written.contains("\"version\" : 1"), written);
        for (String spoilt : List.of(written.replace("\"version\" : 1", "\"version\" : 2"), written.substring(0, written.length() / 2), "null", "[]", "",
                written.replace("\"cuBLASLt\",", "\"cuTENSOR\","), written.replaceFirst("\"products\" : \\{", "\"items\" : {"))) {
            Files.writeString(file, spoilt);
            assertEquals(Map.of(), ProductChoices.remembered(file), spoilt);
            ProductChoices again = choices("H100", "driver 13");
            assertEquals(Optional.empty(), again.of(FIRST));
            again.put(FIRST, OURS);
            assertEquals(Optional.of(OURS), choices("H100", "driver 13").of(FIRST));
        }
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList(), "nothing is left beside it");
        }
    }

    @Test
    void withoutAFolderToWriteToTheyHoldForTheProcess() throws IOException {
        Files.writeString(folder.resolve("ionforge"), "a file where the folder would be");
        ProductChoices choices = choices("H100", "driver 13");
        choices.put(FIRST, LIBRARY);
        assertEquals(Optional.of(LIBRARY), choices.of(FIRST));
    }
}
