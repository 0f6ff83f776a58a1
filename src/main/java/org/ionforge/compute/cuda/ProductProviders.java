package org.ionforge.compute.cuda;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ionforge.compute.cuda.vendor.MatrixProduct;
import org.ionforge.compute.cuda.vendor.ProductChoices;
import org.ionforge.compute.cuda.vendor.VendorException;
import org.ionforge.compute.cuda.vendor.VendorLibraries;
import org.ionforge.compute.cuda.vendor.VendorLibrary;
import org.ionforge.errors.InputException;

/// Who does a matrix product: our kernel, or the library that is faster at its shape. It is measured the first time and remembered
/// ([ProductChoices]). `IONFORGE_PRODUCTS=own` leaves the libraries alone, a library's name prefers it wherever it can; then nothing is
/// measured. The emulator has no libraries. Each provider gives the same bits every time, but not those of another.
public final class ProductProviders implements AutoCloseable {

    private static final String AUTO = "auto";
    private static final String OWN = "own";
    private static final int WARM_UPS = 3;
    private static final int ROUNDS = 3;
    private static final int RUNS = 10;
    /// Bytes of operands while measuring: small numbers in every format, none of them 0.
    private static final byte FILLED = 0x3c;

    private final Device device;
    private final String asked;
    private List<VendorLibrary> libraries;
    private ProductChoices choices;

    public ProductProviders(Device device) {
        this(device, System.getenv().getOrDefault("IONFORGE_PRODUCTS", AUTO));
    }

    /// @param asked `auto`, `own` or a library's name
    ProductProviders(Device device, String asked) {
        if (Stream.concat(Stream.of(AUTO, OWN), VendorLibraries.NAMES.stream()).noneMatch(asked::equalsIgnoreCase)) {
            throw new InputException("IONFORGE_PRODUCTS is '" + asked + "': one of " + AUTO + ", " + OWN + ", "
                    + String.join(", ", VendorLibraries.NAMES));
        }
        this.device = device;
        this.asked = asked;
    }

    /// The library that does this product, if one does it faster than `ours`.
    ///
    /// @param ours has the device do the same with our kernel
    public Optional<VendorLibrary> fasterAt(MatrixProduct product, Runnable ours) {
        if (!(device instanceof JCudaDevice gpu) || asked.equalsIgnoreCase(OWN)) {
            return Optional.empty();
        }
        open(gpu);
        if (libraries.isEmpty()) {
            return Optional.empty();
        }
        if (!asked.equalsIgnoreCase(AUTO)) {
            return libraries.stream().filter(library -> library.name().equalsIgnoreCase(asked) && library.can(product)).findFirst();
        }
        ProductChoices.Choice choice = choices.of(product).orElseGet(() -> {
            ProductChoices.Choice measured = measure(product, ours);
            choices.put(product, measured);
            return measured;
        });
        String fastest = choice.provider();
        return libraries.stream().filter(library -> library.name().equals(fastest) && library.can(product)).findFirst();
    }

    private void open(JCudaDevice gpu) {
        if (libraries == null) {
            libraries = VendorLibraries.open(gpu);
            choices = new ProductChoices(ProductChoices.usualFile(), gpu.hardware().name(), measuredWith(gpu));
        }
    }

    /// What a measurement on this device depends on.
    private static String measuredWith(JCudaDevice gpu) {
        return String.join(", ", "compute " + gpu.hardware().computeCapability(), "driver for CUDA " + gpu.hardware().driver(),
                VendorLibraries.all().stream().filter(VendorLibraries.Status::installed).map(VendorLibraries.Status::detail)
                        .collect(Collectors.joining(", ")), "kernels " + gpu.kernels());
    }

    private ProductChoices.Choice measure(MatrixProduct product, Runnable ours) {
        Map<String, Double> milliseconds = new TreeMap<>();
        milliseconds.put(ProductChoices.OURS, time(ours));
        long a = filled(product.aBytes());
        long b = filled(product.bBytes());
        long c = device.allocate(product.cBytes());
        try {
            for (VendorLibrary library : libraries) {
                if (library.can(product)) {
                    try {
                        milliseconds.put(library.name(), time(() -> library.multiply(product, a, b, c)));
                    } catch (VendorException e) {
                        // It said that it could and cannot: it is not chosen.
                        continue;
                    }
                }
            }
        } finally {
            device.free(a);
            device.free(b);
            device.free(c);
        }
        return ProductChoices.Choice.of(milliseconds);
    }

    private long filled(long bytes) {
        long address = device.allocate(bytes);
        device.fill(address, FILLED, bytes);
        return address;
    }

    /// The best of some rounds, in milliseconds a run.
    private double time(Runnable work) {
        for (int i = 0; i < WARM_UPS; i++) {
            work.run();
        }
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            device.synchronize();
            long start = System.nanoTime();
            for (int i = 0; i < RUNS; i++) {
                work.run();
            }
            device.synchronize();
            best = Math.min(best, (System.nanoTime() - start) * 1e-6 / RUNS);
        }
        return best;
    }

    @Override
    public void close() {
        if (libraries != null) {
            libraries.forEach(VendorLibrary::close);
            libraries = null;
        }
    }
}
