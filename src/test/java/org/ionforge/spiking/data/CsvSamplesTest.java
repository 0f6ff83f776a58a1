package org.ionforge.spiking.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ionforge.errors.InputException;
import org.ionforge.spiking.data.CsvSamples.LabelColumn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvSamplesTest {

    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("table.csv"), text);
    }

    @Test
    void columnsAreScaledByTheRangeOfTheTrainingData() throws IOException {
        Path training = file("class,a,b,c\n0,-1,5,7\n2,3,1e1,7\n\n1,1,0,7\n");
        CsvSamples.Range range = CsvSamples.range(training, LabelColumn.FIRST);
        try (Arena arena = Arena.ofConfined()) {
            ValueSamples samples = CsvSamples.read(training, LabelColumn.FIRST, 3, range, arena);
            assertEquals(3, samples.size());
            assertEquals(2, samples.label(1));
            assertEquals(0f, samples.value(0, 0));
            assertEquals(0.5f, samples.value(0, 1));
            assertEquals(0f, samples.value(0, 2), "a column that never changes");
            assertEquals(1f, samples.value(1, 1));
            ValueSamples later = CsvSamples.read(file("2,99,1\n-3,5,0"), LabelColumn.LAST, 2,
                    new CsvSamples.Range(new float[] {0, 0}, new float[] {4, 10}), arena);
            assertEquals(0.5f, later.value(0, 0));
            assertEquals(1f, later.value(0, 1), "clamped");
            assertEquals(0f, later.value(1, 0), "clamped");
        }
    }

    @Test
    void whatIsWrongIsToldWithLineAndColumn() throws IOException {
        assertTrue(refusal("0,1,2\n1,x,2").contains("line 2, column 2: 'x' is no finite number"));
        assertTrue(refusal("0,1,NaN").contains("line 1"), "NaN");
        assertTrue(refusal("0,1,2\n1,1e99,2").contains("'1e99' is no finite number"));
        assertTrue(refusal("0,1,2\n1,2").contains("line 2: 2 columns, expected 3"));
        assertTrue(refusal("0,1,2\n-1,2,3").contains("line 2, column 1: '-1' is no class"));
        assertTrue(refusal("0,1,2\n5,2,3").contains("sample 2 is of class 5"));
        assertTrue(refusal("").contains("holds no samples"));
    }

    private String refusal(String text) throws IOException {
        Path path = file(text);
        try (Arena arena = Arena.ofConfined()) {
            return assertThrows(InputException.class, () -> CsvSamples.read(path, LabelColumn.FIRST, 2,
                    new CsvSamples.Range(new float[2], new float[2]), arena)).getMessage();
        }
    }
}
