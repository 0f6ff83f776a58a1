package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.DefaultParser;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.telemetry.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {

    @Test
    void aPasswordIsNotRecorded(@TempDir Path folder) throws Exception {
        Command refine = new RefineCommand();
        try (Backend backend = Backends.named("reference")) {
            Recording.begin(folder, refine, new DefaultParser(false).parse(refine.options(), new String[] {"spots.csv", "--vault",
                "https://me:s3cret%40@host:8443/db", "--dry-run"}), backend);
        }
        assertEquals(List.of("./ionforge refine spots.csv --vault https://me:PASSWORD@host:8443/db --dry-run"),
                RunRecord.read(folder).orElseThrow().commands());
    }
}
