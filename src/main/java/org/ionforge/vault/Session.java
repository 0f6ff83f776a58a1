package org.ionforge.vault;

import java.util.Map;

/// What every statement of a vault runs under, embedded or on a server, so that the same SQL gives the same answer.
final class Session {

    static final Map<String, String> SETTINGS = Map.of(
            // ALTER … DELETE, REPLACE PARTITION and the like return when they are done.
            "mutations_sync", "1",
            "alter_sync", "1",
            // An insert returns when its rows are in the table.
            "async_insert", "0",
            // One answer for 1/0 and for joins, whatever the server's profile says.
            "join_use_nulls", "0",
            // Our own reader takes dictionaries as they are.
            "low_cardinality_allow_in_native_format", "1");

    private Session() {
    }
}
