package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SolarTableTest {

    private static final String DAY = "2023 05 29 1 1.5 2600 1  0.333 0.667 1.000 -1.000 2.000 3.000 4.000 9.000"
            + "   2 3 4 -1 7 15 27 400  50 140    161.1    165.6 1\n";

    @TempDir
    Path folder;

    @Test
    void minusOneStaysUnknown() throws IOException {
        SolarTable table = read(file("gfz.txt", "# comment\n" + DAY));
        assertEquals(8, table.rows().size());
        SolarRow fourth = table.row(bucket("2023-05-29T11:59:59Z"));
        assertTrue(Float.isNaN(fourth.kp()) && Float.isNaN(fourth.ap()));
        assertEquals(new SolarRow(9, 400, 140, 161.1f, 165.6f, Float.NaN, Float.NaN), table.row(bucket("2023-05-29T21:00:00Z")));
        assertEquals(SolarRow.UNKNOWN, table.row(bucket("2023-05-30T00:00:00Z")));
    }

    @Test
    void feedsMergeIntoOneRowABucket() throws IOException {
        Path gfz = file("gfz.txt", DAY);
        Path later = file("later.txt", DAY.replace("161.1", "-1.0").replace("140", "141"));
        Path goes = file("goes.json", """
                [{"time_tag": "2023-05-29T18:10:00Z", "satellite": 16, "flux": 2e-6, "energy": "0.1-0.8nm"},
                 {"time_tag": "2023-05-29T20:59:00Z", "satellite": 16, "flux": 5e-6, "energy": "0.1-0.8nm"},
                 {"time_tag": "2023-05-29T20:59:00Z", "satellite": 16, "flux": 3e-7, "energy": "0.05-0.4nm"},
                 {"time_tag": "2023-05-29T21:00:00Z", "satellite": 16, "flux": null, "energy": "0.1-0.8nm"}]
                """);
        SolarTable table = read(gfz, goes, later);
        assertEquals(new SolarRow(4, 27, 141, 161.1f, 165.6f, 3e-7f, 5e-6f), table.row(bucket("2023-05-29T18:00:00Z")));
        assertTrue(Float.isNaN(table.row(bucket("2023-05-29T21:00:00Z")).xrayLong()));
        assertEquals(Set.of(202305), table.monthsThatDiffer(read(gfz)));
        assertEquals(Set.of(), table.monthsThatDiffer(table.withFiles(List.of(later, goes))));
    }

    @Test
    void wrongFilesAreRefusedWithTheirPlace() throws IOException {
        assertMessage("line 2: 3 fields", file("short.txt", DAY + "2023 05 30\n"));
        assertMessage("line 1, field 8: 'x' is no number", file("word.txt", DAY.replace("0.333", "x")));
        assertMessage("field 8: 10.0 is not in", file("range.txt", DAY.replace("0.333", "10.0")));
        assertMessage("line 1: no date", file("date.txt", DAY.replace("05 29", "05 32")));
        assertMessage("wanted is", file("kp.json", "[{\"time_tag\":\"2026-07-09T04:03:00\",\"kp_index\":1}]"));
        assertMessage("line 2", file("broken.json", "[{\"flux\": 1,\n \"energy\""));
        assertMessage("no day", file("empty.txt", "# nothing\n"));
    }

    private void assertMessage(String part, Path file) {
        String message = assertThrows(InputException.class, () -> read(file)).getMessage();
        assertTrue(message.contains(part) && message.contains(file.getFileName().toString()), message);
    }

    private static SolarTable read(Path... files) {
        return SolarTable.of(Map.of()).withFiles(List.of(files));
    }

    private static int bucket(String time) {
        return BucketStore.bucketOf((int) Instant.parse(time).getEpochSecond());
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
