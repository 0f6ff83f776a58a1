package org.ionforge.compute.cuda.vendor;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which provider is fastest at which product, as it was measured once: `$XDG_CACHE_HOME/ionforge/products.json`, else under
/// `~/.cache`. Measurements of a device hold for one driver, set of libraries and build of the kernels; with another of any of them
/// they are made again and take the old ones' place. If the file cannot be read or written, they hold for this process.
public final class ProductChoices {

    /// The name of our own kernels.
    public static final String OURS = "ionforge";

    /// Of the file's form; a file of another is written anew.
    private static final int VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    /// Of one product.
    ///
    /// @param provider     the fastest: [#OURS] or a library's name
    /// @param milliseconds of each that was measured
    public record Choice(String provider, SortedMap<String, Double> milliseconds) {
        public Choice {
            milliseconds = Collections.unmodifiableSortedMap(new TreeMap<>(milliseconds));
            if (!milliseconds.containsKey(provider)) {
                throw new IllegalArgumentException(provider + " was not measured, only " + milliseconds.keySet());
            }
        }

        /// The fastest of those measured; ours if it is as fast as another.
        public static Choice of(Map<String, Double> milliseconds) {
            return new Choice(milliseconds.entrySet().stream()
                    .min(Map.Entry.<String, Double>comparingByValue().thenComparing(Comparator.comparing(each -> !each.getKey().equals(OURS))))
                    .orElseThrow().getKey(), new TreeMap<>(milliseconds));
        }
    }

    /// What is remembered of a device.
    ///
    /// @param measuredWith what else a measurement depends on: driver, libraries, kernels
    /// @param products     by the product's name
    public record Remembered(String measuredWith, SortedMap<String, Choice> products) {
        public Remembered {
            products = Collections.unmodifiableSortedMap(new TreeMap<>(products));
        }
    }

    /// The file.
    private record Content(int version, SortedMap<String, Remembered> devices) {
    }

    private final Path file;
    private final String device;
    private final String measuredWith;
    private final SortedMap<String, Choice> choices = new TreeMap<>();

    /// @param device       its name
    /// @param measuredWith everything else that a measurement depends on
    public ProductChoices(Path file, String device, String measuredWith) {
        this.file = file;
        this.device = device;
        this.measuredWith = measuredWith;
        Remembered before = remembered(file).get(device);
        if (before != null && before.measuredWith.equals(measuredWith)) {
            choices.putAll(before.products);
        }
    }

    /// Where the choices of this user lie.
    public static Path usualFile() {
        String cache = System.getenv("XDG_CACHE_HOME");
        return (cache == null || cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
                .resolve("ionforge").resolve("products.json");
    }

    /// What the file says, by the device's name; nothing if there is none, or it is not one of this version.
    public static SortedMap<String, Remembered> remembered(Path file) {
        try {
            Content content = Files.exists(file) ? JSON.readValue(file.toFile(), Content.class) : null;
            return content == null || content.version != VERSION ? new TreeMap<>() : new TreeMap<>(content.devices);
        } catch (IOException e) {
            return new TreeMap<>(); // spoilt or unreadable: measured again
        }
    }

    public Optional<Choice> of(MatrixProduct product) {
        return Optional.ofNullable(choices.get(product.toString()));
    }

    /// Remembers a choice, in the file too.
    public void put(MatrixProduct product, Choice choice) {
        choices.put(product.toString(), choice);
        SortedMap<String, Remembered> all = remembered(file); // with what another process has written meanwhile
        all.put(device, new Remembered(measuredWith, choices));
        try {
            Files.createDirectories(file.getParent());
            Path written = Files.createTempFile(file.getParent(), "products", ".json");
            JSON.writerWithDefaultPrettyPrinter().writeValue(written.toFile(), new Content(VERSION, all));
            try {
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            // A home that cannot be written to: it is measured again next time.
            return;
        }
    }
}
