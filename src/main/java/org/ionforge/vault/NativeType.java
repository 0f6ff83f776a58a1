package org.ionforge.vault;

import java.util.Map;

/// ClickHouse's types of fixed width.
final class NativeType {

    private static final Map<String, Integer> WIDTHS = Map.ofEntries(
            Map.entry("UInt8", 1), Map.entry("UInt16", 2), Map.entry("UInt32", 4), Map.entry("UInt64", 8),
            Map.entry("UInt128", 16), Map.entry("UInt256", 32),
            Map.entry("Int8", 1), Map.entry("Int16", 2), Map.entry("Int32", 4), Map.entry("Int64", 8),
            Map.entry("Int128", 16), Map.entry("Int256", 32),
            Map.entry("Float32", 4), Map.entry("Float64", 8), Map.entry("Bool", 1), Map.entry("Nothing", 1),
            Map.entry("Date", 2), Map.entry("Date32", 4), Map.entry("DateTime", 4), Map.entry("DateTime64", 8),
            Map.entry("Enum8", 1), Map.entry("Enum16", 2), Map.entry("UUID", 16), Map.entry("IPv4", 4), Map.entry("IPv6", 16));

    private NativeType() {
    }

    /// Bytes of one value on the wire, 0 if the type has no fixed width.
    static int width(String type) {
        int bracket = type.indexOf('(');
        String name = bracket < 0 ? type : type.substring(0, bracket);
        return switch (name) {
            case "FixedString" -> Integer.parseInt(type.substring(bracket + 1, type.length() - 1));
            case "Decimal" -> {
                int precision = Integer.parseInt(type.substring(bracket + 1, type.indexOf(',')).strip());
                yield precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
            }
            default -> WIDTHS.getOrDefault(name, 0);
        };
    }
}
