package org.ionforge.refinery;

import java.util.LinkedHashMap;
import java.util.Map;

/// Seconds spent in each stage, added up over waves.
final class StageTimes {

    private final Map<String, Double> seconds = new LinkedHashMap<>();

    void measure(String stage, Runnable work) {
        long start = System.nanoTime();
        try {
            work.run();
        } finally {
            seconds.merge(stage, (System.nanoTime() - start) / 1e9, Double::sum);
        }
    }

    Map<String, Double> seconds() {
        return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    }
}
