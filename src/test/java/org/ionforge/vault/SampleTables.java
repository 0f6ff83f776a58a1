package org.ionforge.vault;

import java.util.List;

/// A small vault whose tables agree, made by SQL alone: 4,000 spots of two months on 6 paths, two of them shorter than 500 km.
final class SampleTables {

    private SampleTables() {
    }

    static void fill(Vault vault) {
        STATEMENTS.forEach(vault::execute);
    }

    private static final List<String> STATEMENTS = List.of("""
            INSERT INTO bronze (timestamp, band, callsign, reporter, frequency, id, reporter_grid, grid, snr, power, distance, azimuth,
                                source)
            SELECT toDateTime('2024-02-20 00:00:00', 'UTC') + number * 431, 105 + number % 3, concat('K', toString(number % 7)),
                   concat('G', toString(number % 6)), 14097000 + number % 200, number, ['IO91', 'JO22', 'FN42'][1 + number % 3],
                   ['FN31', 'FN30'][1 + number % 2], toInt8(number * 7 % 41) - 30, 23,
                   [5500, 5600, 220][1 + number % 3], 50, if(number % 5 = 0, 'b.csv', 'a.csv')
            FROM numbers(4000)""", """
            INSERT INTO quarantine SELECT 'a.csv', number, 'bad_grid', 'raw' FROM numbers(3)""", """
            INSERT INTO ingest_log (source, size, hash, complete, rows_read, rows_kept, rows_duplicate, rows_quarantined)
            SELECT source, 1, 'h', true, count() + 2 + if(source = 'a.csv', 3, 0), count(), 2, if(source = 'a.csv', 3, 0)
            FROM bronze GROUP BY source""", """
            INSERT INTO solar (bucket, kp, sfi, ssn)
            SELECT toDateTime('2024-02-20 00:00:00', 'UTC') + number * 10800, if(number % 9 = 0, NULL, number % 8), 70 + number % 120,
                   number % 150 FROM numbers(120)""", """
            INSERT INTO silver (timestamp, band, tx_grid, rx_grid, frequency, snr, distance, azimuth, kp, sfi, ssn, e_distance, quality)
            SELECT timestamp, band, grid, reporter_grid, frequency, snr, toFloat32(distance) + 0.25, 50, kp, sfi, ssn, 0.5, 0.5
            FROM bronze LEFT JOIN solar ON toStartOfInterval(timestamp, INTERVAL 3 HOUR) = bucket""", """
            INSERT INTO signature_histograms (year, month, hour, band, tx_grid_4, rx_grid_4, sfi_class, spot_count, snr, snr_count)
            SELECT y, m, h, band, tx_grid, rx_grid, c, sum(length(levels.2) > 0 ? arraySum(levels.2) : 0), any(levels.1), any(levels.2)
            FROM (SELECT toYear(timestamp) AS y, toMonth(timestamp) AS m, toHour(timestamp) AS h, band, tx_grid, rx_grid,
                         multiIf(sfi IS NULL, 0, sfi < 80, 1, sfi < 100, 2, sfi < 130, 3, sfi < 170, 4, 5) AS c,
                         sumMap([snr], [toUInt32(1)]) AS levels
                  FROM silver WHERE distance >= 500 GROUP BY ALL)
            GROUP BY ALL""", """
            INSERT INTO signatures (year, month, hour, band, tx_grid_4, rx_grid_4, sfi_class, spot_count)
            SELECT year, month, hour, band, tx_grid_4, rx_grid_4, sfi_class, spot_count FROM signature_histograms WHERE spot_count >= 5""", """
            INSERT INTO signatures_reference (month, hour, band, tx_grid_4, rx_grid_4, spot_count)
            SELECT month, hour, band, tx_grid_4, rx_grid_4, sum(spot_count) AS n FROM signature_histograms
            GROUP BY ALL HAVING n >= 5""");
}
