package org.ionforge.telemetry.energy;

import java.util.Locale;

/// Measures two stretches, one after the other, and prints what NVML says of each.
final class EnergyExercise {

    private EnergyExercise() {
    }

    public static void main(String[] arguments) {
        for (int i = 0; i < 2; i++) {
            EnergyReading reading = EnergyMeter.start().stop().getLast();
            System.out.println(reading.joules() == null ? reading.note() : String.format(Locale.ROOT, "%.4f %s", reading.joules(), reading.note()));
        }
    }
}
