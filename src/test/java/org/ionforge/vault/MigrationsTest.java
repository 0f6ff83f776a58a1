package org.ionforge.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.vault.Migrations.Migration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {

    private static final String FIRST = """
            -- two tables; a line with only a semicolon separates
            CREATE TABLE IF NOT EXISTS a (n UInt8) ENGINE = MergeTree ORDER BY n
            ;
            CREATE TABLE IF NOT EXISTS b (n UInt8) ENGINE = MergeTree ORDER BY n
            """;

    @TempDir
    Path folder;
    private Vault vault;

    @BeforeEach
    void open() {
        vault = Vaults.connect(folder.toString(), line -> { });
    }

    @AfterEach
    void close() {
        vault.close();
    }

    private String tables() {
        return vault.text("SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name", "TSV").replace('\n', ' ');
    }

    private String applied() {
        return vault.text("SELECT version, file FROM schema_version ORDER BY version", "TSV");
    }

    @Test
    void filesAreAppliedInOrderAndOnce() {
        Migration first = Migration.of("V001__one.sql", FIRST);
        Migration second = Migration.of("V002__two.sql", "ALTER TABLE a ADD COLUMN IF NOT EXISTS m UInt8");
        assertEquals(2, first.statements().size());
        Migrations.apply(vault, List.of(first));
        assertEquals("a b schema_version ", tables());
        vault.execute("INSERT INTO a VALUES (1)");
        Migrations.apply(vault, List.of(first, second));
        Migrations.apply(vault, List.of(first, second));
        assertEquals("1\tV001__one.sql\n2\tV002__two.sql\n", applied());
        assertEquals("1\t0\n", vault.text("SELECT n, m FROM a", "TSV"));
    }

    @Test
    void oneThatStoppedInTheMiddleIsFinished() {
        Migration breaks = Migration.of("V001__one.sql", FIRST + ";\nSELECT throwIf(1)\n");
        assertEquals(395, assertThrows(VaultException.class, () -> Migrations.apply(vault, List.of(breaks))).code());
        assertEquals("", applied(), "not recorded");
        assertEquals("a b schema_version ", tables());
        Migrations.apply(vault, List.of(Migration.of("V001__one.sql", FIRST)));
        assertEquals("1\tV001__one.sql\n", applied());
    }

    @Test
    void aChangedFileIsNamed() {
        Migrations.apply(vault, List.of(Migration.of("V001__one.sql", FIRST)));
        EnvironmentException changed = assertThrows(EnvironmentException.class,
                () -> Migrations.apply(vault, List.of(Migration.of("V001__one.sql", FIRST + "-- and more"))));
        assertTrue(changed.getMessage().contains("V001__one.sql") && changed.getMessage().contains(folder.getFileName().toString()),
                changed.getMessage());
    }

    @Test
    void aVaultOfANewerProgramIsLeftAlone() {
        Migrations.apply(vault, List.of(Migration.of("V007__seven.sql", "SELECT 1")));
        EnvironmentException newer = assertThrows(EnvironmentException.class,
                () -> Migrations.apply(vault, List.of(Migration.of("V001__one.sql", FIRST))));
        assertTrue(newer.getMessage().contains("version 7") && newer.getMessage().contains("knows 1"), newer.getMessage());
        assertEquals("schema_version ", tables());
    }
}
