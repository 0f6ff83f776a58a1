package org.ionforge.vault;

import java.util.List;

/// A batch of rows in columns, the unit that travels to and from ClickHouse in its Native format.
public record Block(int rows, List<Column> columns) {

    public Block {
        columns = List.copyOf(columns);
        for (Column column : columns) {
            if (column.rows() != rows) {
                throw new IllegalArgumentException("column " + column.name() + " has " + column.rows() + " rows, the block " + rows);
            }
        }
    }

    /// The column of that name.
    ///
    /// @throws IllegalArgumentException if there is none
    public Column column(String name) {
        for (Column column : columns) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        throw new IllegalArgumentException("no column " + name + " in " + columns.stream().map(Column::name).toList());
    }
}
