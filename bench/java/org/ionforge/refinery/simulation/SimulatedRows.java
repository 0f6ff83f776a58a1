package org.ionforge.refinery.simulation;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.ionis.Band;
import org.ionforge.ionis.Normalisation;
import org.ionforge.ionis.Variant;

/// Training rows straight from the simulator, without files or a vault between: a row is a spot that a simulated receiver decoded,
/// its inputs and its target by the formulas of the training, every row with weight 1. It lies in the simulator's package since the
/// propagation model is its own. The same arguments give the same bits.
///
/// @param features F32 `[rows, inputs]`, off the heap
/// @param targets  F32 `[rows]`, SNR in σ of the band
/// @param weights  F32 `[rows]`
public record SimulatedRows(int rows, MemorySegment features, MemorySegment targets, MemorySegment weights) {

    /// Days, spread over six and a half years of the solar cycle.
    private static final int DAYS = 40;
    private static final int EVERY = 61;
    private static final int HOURS = 24;
    private static final LocalDate START = SimulationRequest.DEFAULT_START;

    /// Simulates `rows` rows; memory goes back when nothing refers to them any more.
    public static SimulatedRows of(int rows, long seed, Variant variant) {
        PathTable paths = new PathTable(Network.of(seed, Math.clamp(Math.round(Math.sqrt(rows / 5.0 / DAYS)), 60, 1200)));
        SolarWeather weather = new SolarWeather(seed);
        List<SolarWeather.Day> days = IntStream.range(0, DAYS).mapToObj(day -> weather.day(START.plusDays((long) day * EVERY))).toList();
        int most = (int) (1.25 * rows / (DAYS * HOURS)) + 1; // a quiet hour has fewer
        List<long[]> hours = IntStream.range(0, DAYS * HOURS).parallel()
                .mapToObj(hour -> HourOfSpots.of(paths, seed, days.get(hour / HOURS), hour % HOURS, most)).toList();
        int[] first = new int[hours.size() + 1];
        for (int hour = 0; hour < hours.size(); hour++) {
            first[hour + 1] = first[hour] + hours.get(hour).length;
        }
        if (first[hours.size()] < rows) {
            throw new IllegalStateException("the simulated network heard " + first[hours.size()] + " spots, not " + rows);
        }
        Arena arena = Arena.ofAuto();
        SimulatedRows made = new SimulatedRows(rows, floats(arena, (long) rows * variant.shape().inputs()), floats(arena, rows), floats(arena, rows));
        IntStream.range(0, hours.size()).parallel()
                .forEach(hour -> made.fill(hours.get(hour), first[hour], paths, days.get(hour / HOURS), hour % HOURS, variant));
        return made;
    }

    private static MemorySegment floats(Arena arena, long n) {
        return arena.allocate(n * Float.BYTES, 64);
    }

    private void fill(long[] spots, int first, PathTable paths, SolarWeather.Day day, int hour, Variant variant) {
        Band[] bands = SimulatedBand.ALL.stream().map(band -> variant.band(band.id())).toArray(Band[]::new);
        Normalisation.Scale[] scales = SimulatedBand.ALL.stream().map(band -> variant.normalisation().of(band.id())).toArray(Normalisation.Scale[]::new);
        float[] inputs = new float[variant.shape().inputs()];
        for (int i = 0; i < Math.min(spots.length, rows - first); i++) {
            Station from = paths.transmitters.get(Spot.transmitter(spots[i]));
            Station to = paths.receivers.get(Spot.receiver(spots[i]));
            int path = paths.path(Spot.transmitter(spots[i]), Spot.receiver(spots[i]));
            int band = Spot.band(spots[i]);
            variant.formula().compute(new Variant.PathState(from.latitude(), from.longitude(), to.latitude(), to.longitude(), paths.kilometres[path],
                    paths.azimuths[path], bands[band].modelHz(), hour, day.date().getMonthValue(), day.sfi(), day.kp(hour)), inputs);
            MemorySegment.copy(inputs, 0, features, ValueLayout.JAVA_FLOAT, (long) (first + i) * inputs.length * Float.BYTES, inputs.length);
            targets.setAtIndex(ValueLayout.JAVA_FLOAT, first + i, (float) scales[band].toSigma(Spot.snr(spots[i])));
            weights.setAtIndex(ValueLayout.JAVA_FLOAT, first + i, 1);
        }
    }
}
