package org.ionforge.refinery.simulation;

import java.time.LocalDate;
import java.util.Arrays;

/// The spots of one hour: which stations transmit in which two-minute slots, and who decodes them.
///
/// A transmitter works in sessions: one band for an hour, every sixth minute. Sessions are taken in a random order, the busy
/// stations first more often than not, until the hour has the number of spots that was asked for; a network that is too small
/// yields fewer. Each transmission is heard by every receiver that listens on the band in this hour and gets
/// `mean + equipment + fading` of at least [Propagation#DECODE_THRESHOLD_DB]: what is not decoded leaves no trace, as in reality.
final class HourOfSpots {

    static final int SLOTS = 30;
    private static final int PASSES = 3;
    private static final double LISTENING = 0.85;

    private final PathTable paths;
    private final LocalDate date;
    private final SolarWeather.Day weather;
    private final int hour;
    private final RandomStream random;
    private final long[] rows;
    private int count;

    private HourOfSpots(PathTable paths, long seed, SolarWeather.Day weather, int hour, int wanted) {
        this.paths = paths;
        this.date = weather.date();
        this.weather = weather;
        this.hour = hour;
        this.random = new RandomStream(seed);
        this.rows = new long[wanted];
    }

    /// At most `wanted` spots as [Spot] bits, in order of slot, transmitter, band and receiver.
    static long[] of(PathTable paths, long seed, SolarWeather.Day weather, int hour, int wanted) {
        HourOfSpots spots = new HourOfSpots(paths, seed, weather, hour, wanted);
        spots.transmit();
        long[] sorted = Arrays.copyOf(spots.rows, spots.count);
        Arrays.sort(sorted);
        return sorted;
    }

    private void transmit() {
        int[][] listeners = listeners();
        Propagation.Sky[] skies = new Propagation.Sky[SLOTS];
        for (int slot = 0; slot < SLOTS; slot++) {
            skies[slot] = Propagation.Sky.of(date, hour + slot / (double) SLOTS, weather.sfi(), weather.kp(hour));
        }
        for (int session : sessions()) {
            int transmitter = session / PASSES;
            Station station = paths.transmitters.get(transmitter);
            SimulatedBand band = band(station, transmitter);
            for (int slot = session % PASSES; slot < SLOTS && count < rows.length; slot += PASSES) {
                transmission(transmitter, station, band, slot, listeners[band.index()], skies[slot]);
            }
            if (count == rows.length) {
                return;
            }
        }
    }

    private void transmission(int transmitter, Station station, SimulatedBand band, int slot, int[] listeners, Propagation.Sky sky) {
        random.at(RandomKinds.SESSION, identity(transmitter) * SLOTS + slot);
        int own = (int) (Integer.toUnsignedLong(station.call().hashCode() * 0x9E3779B9) % 190);
        int offset = own + random.below(9);
        int drift = Math.clamp(Math.round(random.normal() * 0.7f), -3, 3);
        float sent = (float) (station.powerDbm() - 37 + station.transmitDb());
        for (int listener : listeners) {
            int word = random.word();
            int path = paths.path(transmitter, listener) * Propagation.STRIDE;
            float snr = Propagation.meanSnr(paths.circuits, path, band, sky) + sent + (float) paths.receivers.get(listener).receiveDb()
                    + (float) Propagation.FADING_SIGMA_DB * RandomStream.normal(word);
            // The station's own signal next door is no path.
            if (snr >= Propagation.DECODE_THRESHOLD_DB && count < rows.length
                    && !paths.receivers.get(listener).call().equals(station.call())) {
                rows[count++] = Spot.pack(slot, transmitter, band.index(), listener, Math.round(Math.min(snr, 40)),
                        offset + (word >>> 16) % 3 - 1, drift);
            }
        }
    }

    /// For each band the receivers that listen on it in this hour.
    private int[][] listeners() {
        int[][] listeners = new int[SimulatedBand.COUNT][paths.receivers.size()];
        int[] counts = new int[SimulatedBand.COUNT];
        for (int r = 0; r < paths.receivers.size(); r++) {
            int bands = paths.receivers.get(r).receiveBands();
            if (random.at(RandomKinds.LISTENING, identity(r)).chance(LISTENING)) {
                for (int band = 0; band < SimulatedBand.COUNT; band++) {
                    if ((bands >>> band & 1) != 0) {
                        listeners[band][counts[band]++] = r;
                    }
                }
            }
        }
        for (int band = 0; band < SimulatedBand.COUNT; band++) {
            listeners[band] = Arrays.copyOf(listeners[band], counts[band]);
        }
        return listeners;
    }

    /// `transmitter·PASSES + pass` in the order of exponential waiting times whose rates are the stations' activities.
    private int[] sessions() {
        int n = paths.transmitters.size() * PASSES;
        long[] order = new long[n];
        for (int i = 0; i < n; i++) {
            random.at(RandomKinds.SESSION_ORDER, identity(i));
            double wait = -Math.log(random.uniform()) / paths.transmitters.get(i / PASSES).activity();
            order[i] = (long) Float.floatToRawIntBits((float) wait) << 32 | i;
        }
        Arrays.sort(order);
        return Arrays.stream(order).mapToInt(o -> (int) o).toArray();
    }

    /// The band of a station in this hour, one of its own by their activity.
    private SimulatedBand band(Station station, int transmitter) {
        double total = 0;
        for (SimulatedBand band : SimulatedBand.ALL) {
            total += (station.transmitBands() >>> band.index() & 1) * band.activity();
        }
        double at = random.at(RandomKinds.SESSION, ~identity(transmitter)).uniform() * total;
        SimulatedBand chosen = null;
        for (SimulatedBand band : SimulatedBand.ALL) {
            if ((station.transmitBands() >>> band.index() & 1) != 0 && (chosen == null || at > 0)) {
                chosen = band;
                at -= band.activity();
            }
        }
        return chosen;
    }

    /// A number for thing `index` (below 2²⁰) of this hour that no other hour has.
    private long identity(int index) {
        return (date.toEpochDay() * 24 + hour) << 20 | index;
    }
}
