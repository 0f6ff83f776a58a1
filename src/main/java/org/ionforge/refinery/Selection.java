package org.ionforge.refinery;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ionforge.errors.InputException;

/// Which rows of a file are wanted: those in any of the windows. The ingest log keeps it in text, so that a file of which only
/// some bands or days were taken is read again when more are asked for, and what was taken before stays.
public record Selection(List<Window> windows) {

    /// Bands (house numbers; none means all) and days, both ends included (null means open).
    public record Window(SortedSet<Integer> bands, LocalDate from, LocalDate to) {

        public Window {
            bands = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(bands));
            if (from != null && to != null && to.isBefore(from)) {
                throw new InputException("--from " + from + " is after --to " + to);
            }
        }

        boolean isEverything() {
            return bands.isEmpty() && from == null && to == null;
        }

        private String text() {
            return bands.stream().map(String::valueOf).collect(Collectors.joining(",")) + ";" + (from == null ? "" : from) + ";"
                    + (to == null ? "" : to);
        }
    }

    public static final Selection EVERYTHING = new Selection(List.of(new Window(new TreeSet<>(), null, null)));

    public Selection {
        windows = List.copyOf(windows);
    }

    public static Selection of(SortedSet<Integer> bands, LocalDate from, LocalDate to) {
        return new Selection(List.of(new Window(bands, from, to)));
    }

    public boolean isEverything() {
        return windows.stream().anyMatch(Window::isEverything);
    }

    /// Rows wanted by this or by `other`.
    Selection or(Selection other) {
        if (isEverything() || other.isEverything()) {
            return EVERYTHING;
        }
        List<Window> all = new ArrayList<>(windows);
        other.windows.stream().filter(w -> !all.contains(w)).forEach(all::add);
        return new Selection(all);
    }

    /// Empty for everything.
    String text() {
        return isEverything() ? "" : windows.stream().map(Window::text).collect(Collectors.joining("|"));
    }

    static Selection parse(String text) {
        if (text.isEmpty()) {
            return EVERYTHING;
        }
        List<Window> windows = new ArrayList<>();
        for (String window : text.split("\\|")) {
            String[] parts = window.split(";", -1);
            SortedSet<Integer> bands = new TreeSet<>();
            Arrays.stream(parts[0].split(",")).filter(b -> !b.isEmpty()).forEach(b -> bands.add(Integer.valueOf(b)));
            windows.add(new Window(bands, day(parts[1]), day(parts[2])));
        }
        return new Selection(windows);
    }

    /// A day as `2023-02-28`, or null for an empty text.
    ///
    /// @throws InputException if it is neither
    public static LocalDate day(String text) {
        try {
            return text.isEmpty() ? null : LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw new InputException("'" + text + "' is no day; write it as 2023-02-28", e);
        }
    }

    /// A test for rows that works on numbers alone.
    Filter filter() {
        int n = windows.size();
        boolean[][] bands = new boolean[n][Bands.ALL.size()];
        long[] from = new long[n];
        long[] end = new long[n];
        for (int i = 0; i < n; i++) {
            Window window = windows.get(i);
            for (int b = 0; b < Bands.ALL.size(); b++) {
                bands[i][b] = window.bands.isEmpty() || window.bands.contains(Bands.ALL.get(b).number());
            }
            from[i] = window.from == null ? 0 : window.from.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
            end[i] = window.to == null ? Long.MAX_VALUE : window.to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        }
        return (band, time) -> {
            long second = Integer.toUnsignedLong(time);
            for (int i = 0; i < n; i++) {
                if (bands[i][band] && second >= from[i] && second < end[i]) {
                    return true;
                }
            }
            return false;
        };
    }

    /// Whether a row with that band index and time (unsigned seconds) is wanted.
    interface Filter {
        boolean wants(int band, int time);
    }
}
