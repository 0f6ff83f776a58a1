package org.ionforge.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// A vault that is thrown away: the sides of a comparison work in it in turn, since a process has one.
final class Workplace implements AutoCloseable {

    private Path folder;
    private Vault vault;

    Vault vault() {
        return vault;
    }

    /// Puts an empty vault in the place of the one that was there.
    void renew() {
        close();
        try {
            folder = Files.createTempDirectory("ionforge-bench");
            vault = Vaults.open(folder.resolve("vault").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (vault != null) {
            vault.close();
            vault = null;
        }
        if (folder != null) {
            delete(folder);
            folder = null;
        }
    }

    /// Processor time of the whole process, the engine's threads included: less disturbed by other work on the machine than the clock.
    static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    }

    static Map<String, Double> medians(Map<String, List<Double>> values) {
        Map<String, Double> medians = new LinkedHashMap<>();
        values.forEach((name, each) -> medians.put(name, new Samples(each.stream().mapToDouble(Double::doubleValue).toArray()).median()));
        return medians;
    }

    private static void delete(Path folder) {
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
