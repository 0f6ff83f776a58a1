package org.ionforge.vault;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The INSERT that a [BlockWriter] streams into, and the check that blocks fit it.
final class InsertStatement {

    private InsertStatement() {
    }

    /// `INSERT INTO table (columns)`, without its FORMAT.
    static String of(String table, String... columns) {
        for (String part : table.split("\\.", -1)) {
            identifier(part);
        }
        if (columns.length == 0) {
            throw new IllegalArgumentException("an insert into " + table + " names its columns");
        }
        return "INSERT INTO " + table
                + Arrays.stream(columns).map(InsertStatement::identifier).collect(Collectors.joining(", ", " (", ")"));
    }

    private static String identifier(String name) {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("'" + name + "' is no name of a table or column");
        }
        return name;
    }

    /// @throws IllegalArgumentException if the block's columns are not those, in that order
    static void check(Block block, List<String> columns) {
        List<String> names = block.columns().stream().map(Column::name).toList();
        if (!names.equals(columns)) {
            throw new IllegalArgumentException("the insert names the columns " + columns + ", the block has " + names);
        }
    }
}
