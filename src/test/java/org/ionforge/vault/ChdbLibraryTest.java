package org.ionforge.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ionforge.errors.EnvironmentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChdbLibraryTest {

    @Test
    void takesTheLibraryThatWasGiven(@TempDir Path folder) throws IOException {
        Path given = Files.createFile(folder.resolve("libchdb.so"));
        assertEquals(given, ChdbLibrary.locate(given.toString(), note -> { }));
    }

    @Test
    void aGivenLibraryThatIsNotThereIsNamed(@TempDir Path folder) {
        EnvironmentException missing = assertThrows(EnvironmentException.class,
                () -> ChdbLibrary.locate(folder.resolve("none.so").toString(), note -> { }));
        assertTrue(missing.getMessage().contains("none.so") && missing.getMessage().contains(ChdbLibrary.VERSION), missing.getMessage());
    }
}
