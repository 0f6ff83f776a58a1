package org.ionforge.refinery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.errors.InputException;

/// Which of the given files are read, and in which groups they are committed.
///
/// @param waves   files to read, in order, cut into groups
/// @param skipped files of which nothing has changed and nothing more is wanted
record Plan(List<List<Planned>> waves, List<SpotFile> skipped) {

    /// @param selection rows wanted: what is asked for now and what was taken of this file before
    /// @param replaces  whether rows of an earlier state of the file are in the vault and must go
    record Planned(SpotFile file, Selection selection, boolean replaces) {
    }

    static Plan of(List<SpotFile> files, IngestLog log, Selection wanted, long waveBytes) {
        Map<SpotFile, Planned> read = new LinkedHashMap<>();
        List<SpotFile> same = new ArrayList<>();
        boolean contentChanged = false;
        for (SpotFile file : files) {
            IngestLog.Entry entry = log.entries().get(file.source());
            if (entry == null) {
                read.put(file, new Planned(file, wanted, false));
                continue;
            }
            Selection all = entry.selection().or(wanted);
            boolean changed = changed(file, entry);
            if (changed || !all.text().equals(entry.selection().text())) {
                read.put(file, new Planned(file, all, true));
                contentChanged |= changed;
            } else {
                same.add(file);
            }
        }
        if (contentChanged) {
            // A row that was a duplicate of one in a changed file may now be the only one: such files are read again.
            for (SpotFile file : List.copyOf(same)) {
                IngestLog.Entry entry = log.entries().get(file.source());
                if (entry.duplicate() > 0) {
                    read.put(file, new Planned(file, entry.selection().or(wanted), true));
                    same.remove(file);
                }
            }
        }
        List<Planned> inOrder = files.stream().filter(read::containsKey).map(read::get).toList();
        return new Plan(waves(inOrder, waveBytes), same);
    }

    private static boolean changed(SpotFile file, IngestLog.Entry entry) {
        try {
            return file.size() != entry.size() || !StoredBytes.hash(file.path()).equals(entry.hash());
        } catch (IOException e) {
            throw new InputException("cannot read " + file.path() + ": " + e.getMessage(), e);
        }
    }

    private static List<List<Planned>> waves(List<Planned> files, long waveBytes) {
        List<List<Planned>> waves = new ArrayList<>();
        long bytes = Long.MAX_VALUE;
        for (Planned planned : files) {
            if (waves.isEmpty() || bytes + planned.file.size() > waveBytes) {
                waves.add(new ArrayList<>());
                bytes = 0;
            }
            waves.getLast().add(planned);
            bytes += planned.file.size();
        }
        return waves;
    }
}
