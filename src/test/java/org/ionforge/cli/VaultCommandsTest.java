package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultCommandsTest {

    @TempDir
    Path folder;

    /// @param code exit code
    private record Outcome(int code, String out, String err) {
    }

    private Outcome run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(arguments, new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private void make() {
        try (Vault vault = Vaults.open(folder.toString())) {
            vault.execute("INSERT INTO model_results (run, model, metric, value) SELECT 'r', 'm', 'rmse', number FROM numbers(1500)");
        }
    }

    @Test
    void tablesAreListedForPeopleAndMachines() throws IOException {
        make();
        Outcome text = run("vault", "tables", "--vault", folder.toString());
        assertEquals(0, text.code(), text.err());
        assertTrue(text.out().matches("(?s).*model_results +1,500 +[\\d.]+ KiB +[\\d.]+ KiB +[\\d.]+ +1\n.*"), text.out());
        JsonNode root = new ObjectMapper().readTree(run("vault", "tables", "--vault", folder.toString(), "--json").out());
        for (JsonNode table : root.get("tables")) {
            assertEquals(table.get("table").asText().equals("model_results") ? 1500
                    : table.get("table").asText().equals("schema_version") ? 1 : 0, table.get("rows").asLong(), table.toString());
        }
    }

    @Test
    void sqlAnswersInAnyFormat() throws IOException {
        make();
        String query = "SELECT count() AS n, max(value) AS top FROM model_results";
        assertEquals(new Outcome(0, "1500\t1499\n", ""), run("vault", "sql", query, "--vault", folder.toString()));
        assertEquals("\"n\",\"top\"\n1500,1499\n",
                run("vault", "sql", query, "--vault", folder.toString(), "--format", "CSVWithNames").out());
        JsonNode json = new ObjectMapper().readTree(run("vault", "sql", query, "--vault", folder.toString(), "--json").out());
        assertEquals(1499, json.get("data").get(0).get("top").asLong());
        Outcome wrong = run("vault", "sql", "SELEC 1", "--vault", folder.toString());
        assertEquals(1, wrong.code());
        assertTrue(wrong.err().contains("Code: 62") && wrong.err().contains("in: SELEC 1"), wrong.err());
        assertEquals(2, run("vault", "sql", "SELECT", "1", "--vault", folder.toString()).code());
    }

    @Test
    void checkSaysWhatIsWrong() throws IOException {
        make();
        Outcome sound = run("vault", "check", "--vault", folder.toString());
        assertEquals(0, sound.code(), sound.out());
        assertFalse(sound.out().contains("WRONG"));
        try (Vault vault = Vaults.open(folder.toString())) {
            vault.execute("INSERT INTO quarantine VALUES ('f.csv', 1, 'bad_grid', 'x')");
        }
        Outcome broken = run("vault", "check", "--vault", folder.toString());
        assertEquals(1, broken.code());
        assertTrue(broken.out().matches("(?s).*WRONG +quarantine has the rows[^\n]*: 1 times, for example f.csv\n.*"), broken.out());
        JsonNode json = new ObjectMapper().readTree(run("vault", "check", "--vault", folder.toString(), "--json").out());
        assertFalse(json.get("consistent").asBoolean());
    }

    @Test
    void aMistypedFolderIsNotMade() {
        Path missing = folder.resolve("typo");
        Outcome refused = run("vault", "tables", "--vault", missing.toString());
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("no vault in " + missing), refused.err());
        assertFalse(Files.exists(missing));
    }
}
