-- Tables of the main job. Statements are separated by a line that holds only ';'.
--
-- Codecs and order keys were chosen by measuring, on 4 million spots of two simulated days; bench/java/…/CodecBench.java has the
-- commands and prints every choice. Sizes are compressed bytes a row; times are processor time a row for INSERT … SELECT and
-- OPTIMIZE FINAL, then for reading every column.
--                                             bronze                        silver
--     time, LZ4                               12.6   433 ns   33 ns         27.2   463 ns   30 ns
--     band and time, LZ4                      11.1   510      38            16.7   470      30
--     path inside 3 hours, LZ4                10.8   453      23            10.3   513      28
--     path over the whole month, LZ4           9.5   723      20             7.1   625      28
--     as below                                 4.8   403      35             5.3   527      50
-- Order: in the archive's order the next spot is of another path; with the spots of a path together, what belongs to the path is
-- stored once. Inside the 3-hour buckets in which the refinery works it costs nothing, since it writes in this order; over the
-- whole month every insert would be spread over the table. Queries by time, or by time and band, still read few granules.
-- ZSTD(1) for LZ4: frequency 0.74 for 2.62, distance 0.28 for 0.58, a path's Float32 0.44 for 0.73, SNR 0.60 for 0.92, time 0.35
-- for 0.68; ZSTD(3) is no smaller. T64 suits the id, a number in a narrow range: 1.83 for 4.03. Gorilla (0.51) and FPC (0.88) lose
-- on floats. LowCardinality: reporter 0.23, as String 0.82; and the refinery sends dictionaries as they are. The smaller tables keep LZ4.

-- One row per accepted spot, as the archive has it; bands recomputed from the frequency, calls and grids sanitised.
CREATE TABLE IF NOT EXISTS bronze (
    timestamp     DateTime('UTC') CODEC(ZSTD(1)),
    band          UInt16,                                 -- house number: 102 = 160 m … 111 = 10 m, see Bands
    callsign      LowCardinality(String) CODEC(ZSTD(1)),  -- transmitter
    reporter      LowCardinality(String) CODEC(ZSTD(1)),  -- receiver
    frequency     UInt64 CODEC(ZSTD(1)),                  -- Hz, exact
    id            UInt64 CODEC(T64, LZ4),                 -- spot id of the archive
    reporter_grid LowCardinality(String) CODEC(ZSTD(1)),
    grid          LowCardinality(String) CODEC(ZSTD(1)),  -- transmitter's
    snr           Int8 CODEC(ZSTD(1)),                    -- dB in 2500 Hz
    power         Int8,                                   -- dBm
    drift         Int8 CODEC(ZSTD(1)),                    -- Hz/min
    distance      UInt32 CODEC(ZSTD(1)),                  -- km, the archive's own
    azimuth       UInt16 CODEC(ZSTD(1)),                  -- degrees, the archive's own
    version       LowCardinality(String) CODEC(ZSTD(1)),
    code          Int32,
    source        LowCardinality(String)                  -- file it was read from (its name in ingest_log)
) ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp)
  PRIMARY KEY (toStartOfInterval(timestamp, INTERVAL 3 HOUR), band, callsign)
  ORDER BY (toStartOfInterval(timestamp, INTERVAL 3 HOUR), band, callsign, reporter, timestamp)
;
-- One row per bronze row: where, how far, under which sun. NULL where an index is missing.
CREATE TABLE IF NOT EXISTS silver (
    timestamp      DateTime('UTC') CODEC(ZSTD(1)),
    band           UInt16,
    tx_grid        LowCardinality(String) CODEC(ZSTD(1)),
    rx_grid        LowCardinality(String) CODEC(ZSTD(1)),
    frequency      UInt64 CODEC(ZSTD(1)),       -- Hz
    snr            Int8 CODEC(ZSTD(1)),         -- dB
    distance       Float32 CODEC(ZSTD(1)),      -- km, great circle on 6371 km
    azimuth        Float32 CODEC(ZSTD(1)),      -- degrees at the transmitter
    distance_error Float32 CODEC(ZSTD(1)),      -- km, ours − archive's
    azimuth_error  Float32 CODEC(ZSTD(1)),      -- degrees in (−180, 180], ours − archive's
    mid_latitude   Float32 CODEC(ZSTD(1)),
    mid_longitude  Float32 CODEC(ZSTD(1)),
    kp             Nullable(Float32),
    sfi            Nullable(Float32),           -- F10.7 observed, sfu
    ssn            Nullable(Float32),
    xray           Nullable(Float32),           -- GOES 0.1–0.8 nm, W/m², maximum of the 3 hours
    e_distance     Float32 CODEC(ZSTD(1)),
    e_xray         Nullable(Float32),
    e_kp           Nullable(Float32),
    quality        Float32 CODEC(ZSTD(1)),
    embedding      Array(Nullable(Float32)) ALIAS [e_distance, e_xray, e_kp, quality]
) ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (toStartOfInterval(timestamp, INTERVAL 3 HOUR), band)
;
-- Counting histograms of every key, also those with too few spots: from them any coarser key has its exact median.
CREATE TABLE IF NOT EXISTS signature_histograms (
    year        UInt16,
    month       UInt8,
    hour        UInt8,
    band        UInt16,
    tx_grid_4   FixedString(4),
    rx_grid_4   FixedString(4),
    sfi_class   UInt8,                          -- 0 unknown; 1…5 split at 80, 100, 130, 170 sfu
    spot_count  UInt32,
    snr         Array(Int8),                    -- dB, ascending
    snr_count   Array(UInt32),                  -- spots with that SNR
    sfi_sum Float64, sfi_count UInt32, kp_sum Float64, kp_count UInt32,
    distance_sum Float64, azimuth_sin_sum Float64, azimuth_cos_sum Float64
) ENGINE = MergeTree PARTITION BY year * 100 + month ORDER BY (band, hour, tx_grid_4, rx_grid_4, sfi_class)
;
-- ≥ 5 spots, ≥ 500 km, bands 102–111.
CREATE TABLE IF NOT EXISTS signatures (
    year         UInt16,
    month        UInt8,
    hour         UInt8,
    band         UInt16,
    tx_grid_4    FixedString(4),
    rx_grid_4    FixedString(4),
    sfi_class    UInt8,
    spot_count   UInt32,
    median_snr   Float32,                       -- dB; mean of the middle two when the count is even
    snr_std      Float32,                       -- population
    reliability  Float32,                       -- share of spots above −20 dB
    avg_sfi      Nullable(Float32),
    avg_kp       Nullable(Float32),
    avg_distance Float32,                       -- km
    avg_azimuth  Float32                        -- degrees, circular mean
) ENGINE = MergeTree PARTITION BY year * 100 + month ORDER BY (band, hour, tx_grid_4, rx_grid_4, sfi_class)
;
-- The reference system's key: all years and solar classes together.
CREATE TABLE IF NOT EXISTS signatures_reference (
    month        UInt8,
    hour         UInt8,
    band         UInt16,
    tx_grid_4    FixedString(4),
    rx_grid_4    FixedString(4),
    spot_count   UInt32,
    median_snr   Float32,
    snr_std      Float32,
    reliability  Float32,
    avg_sfi      Nullable(Float32),
    avg_kp       Nullable(Float32),
    avg_distance Float32,
    avg_azimuth  Float32
) ENGINE = MergeTree PARTITION BY month ORDER BY (band, hour, tx_grid_4, rx_grid_4)
;
-- Samples of silver for training from single spots; rows with Kp, SFI and SSN only.
CREATE TABLE IF NOT EXISTS gold_stratified (
    timestamp DateTime('UTC'), band UInt16, tx_grid LowCardinality(String), rx_grid LowCardinality(String),
    frequency UInt64, snr Int8, distance Float32, azimuth Float32, mid_latitude Float32,
    kp Float32, sfi Float32, ssn Float32, quality Float32,
    ssn_quintile UInt8                          -- 1…5: ≤ 46, ≤ 76, ≤ 124, ≤ 153, above
) ENGINE = MergeTree ORDER BY (band, ssn_quintile, timestamp)
;
CREATE TABLE IF NOT EXISTS gold_continuous (
    timestamp DateTime('UTC'), band UInt16, tx_grid LowCardinality(String), rx_grid LowCardinality(String),
    frequency UInt64, snr Int8, distance Float32, azimuth Float32, mid_latitude Float32,
    kp Float32, sfi Float32, ssn Float32, quality Float32,
    cell_weight Float32,                        -- 1/√n of the (SSN, latitude) cell
    sfi_dist_interact Float32                   -- SFI · log10(max(km, 1))
) ENGINE = MergeTree ORDER BY (band, timestamp)
;
CREATE TABLE IF NOT EXISTS gold_penalty (
    timestamp DateTime('UTC'), band UInt16, tx_grid LowCardinality(String), rx_grid LowCardinality(String),
    frequency UInt64, snr Int8, distance Float32, azimuth Float32, mid_latitude Float32,
    kp Float32, sfi Float32, ssn Float32, quality Float32,
    cell_weight Float32, sfi_dist_interact Float32,
    kp_penalty Float32                          -- 1 − Kp/9
) ENGINE = MergeTree ORDER BY (band, timestamp)
;
-- One row per 3-hour bucket, whatever the number of feeds. −1 in the source is NULL here.
CREATE TABLE IF NOT EXISTS solar (
    bucket        DateTime('UTC'),              -- start of the bucket
    kp            Nullable(Float32),
    ap            Nullable(Float32),
    ssn           Nullable(Float32),
    sfi           Nullable(Float32),            -- F10.7 observed
    sfi_adjusted  Nullable(Float32),            -- F10.7 adjusted to 1 AU
    xray_short    Nullable(Float32),            -- 0.05–0.4 nm, W/m², maximum of the bucket
    xray_long     Nullable(Float32)             -- 0.1–0.8 nm
) ENGINE = MergeTree ORDER BY bucket
;
-- Rows that were not accepted; nothing is dropped silently.
CREATE TABLE IF NOT EXISTS quarantine (
    source LowCardinality(String),
    line   UInt64,                              -- from 1
    reason LowCardinality(String),
    raw    String
) ENGINE = MergeTree ORDER BY (source, line)
;
-- One row per file: the watermark, and what was found in it.
CREATE TABLE IF NOT EXISTS ingest_log (
    source           String,
    size             UInt64,                    -- bytes as stored (compressed)
    hash             String,                    -- of the stored bytes
    complete         Bool,                      -- false: the file was cut short
    rows_read        UInt64,
    rows_kept        UInt64,
    rows_duplicate   UInt64,
    rows_quarantined UInt64,
    selection        String                     -- which rows of it were wanted (bands, days); empty: all
) ENGINE = MergeTree ORDER BY source
;
-- What the refinery remembers between runs: months whose silver must be made anew, calendar months whose reference signatures
-- must be, and with which parameters gold was made.
CREATE TABLE IF NOT EXISTS refinery_state (
    name  LowCardinality(String),
    value String
) ENGINE = MergeTree ORDER BY (name, value)
;
-- A commit that has begun: its statements, each repeatable, in order. Rows here mean that a run was stopped while committing;
-- the next one carries them out before anything else.
CREATE TABLE IF NOT EXISTS commit_journal (
    step      UInt32,
    statement String
) ENGINE = MergeTree ORDER BY step
;
CREATE TABLE IF NOT EXISTS model_results (
    run        String,
    created    DateTime('UTC') DEFAULT now('UTC'),
    model      String,
    split      LowCardinality(String),
    band       UInt16,                          -- 0: all bands
    metric     LowCardinality(String),
    value      Float64
) ENGINE = MergeTree ORDER BY (run, split, band, metric)
