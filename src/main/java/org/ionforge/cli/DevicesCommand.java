package org.ionforge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.cuda.KernelArchive;
import org.ionforge.compute.cuda.vendor.ProductChoices;
import org.ionforge.compute.cuda.vendor.VendorLibraries;

/// `./ionforge devices`.
final class DevicesCommand implements Command {

    @Override
    public String name() {
        return "devices";
    }

    @Override
    public String arguments() {
        return "[--json]";
    }

    @Override
    public String summary() {
        return "Show each backend: its device, or why it is not available; the kernels in the jar; NVIDIA's libraries and the matrix products "
                + "they are faster at; and which backend is picked.";
    }

    @Override
    public Options options() {
        return new Options().addOption(null, "json", false, "print the result as JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws JsonProcessingException {
        List<Backends.Availability> backends = Backends.available();
        Optional<KernelArchive> kernels = KernelArchive.find();
        String picked;
        try (Backend best = Backends.best(_ -> { })) {
            picked = best.name();
        }
        console.out().println(line.hasOption("json") ? new ObjectMapper().writeValueAsString(json(backends, kernels, picked))
                : text(backends, kernels, picked));
        return 0;
    }

    private static Map<String, Object> json(List<Backends.Availability> backends, Optional<KernelArchive> kernels, String picked) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("picked", picked);
        root.put("backends", backends.stream().map(each -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", each.name());
            entry.put("available", each.available());
            entry.put(each.available() ? "description" : "reason", each.detail());
            entry.putAll(each.properties());
            return entry;
        }).toList());
        kernels.ifPresent(archive -> root.put("kernels", Map.of("architectures", archive.architectures(),
                "compiler", "nvcc " + archive.compiler(), "count", count(archive))));
        root.put("libraries", VendorLibraries.all());
        root.put("products", ProductChoices.remembered(ProductChoices.usualFile()));
        return root;
    }

    private static String text(List<Backends.Availability> backends, Optional<KernelArchive> kernels, String picked) {
        StringBuilder text = new StringBuilder();
        for (Backends.Availability each : backends) {
            text.append("%s %-10s %s%n".formatted(each.name().equals(picked) ? "→" : " ", each.name(),
                    (each.available() ? "" : "not available: ") + each.detail()));
            if (!each.properties().isEmpty()) {
                text.append(" ".repeat(13)).append(each.properties().entrySet().stream().map(DevicesCommand::phrase)
                        .collect(Collectors.joining(", "))).append('\n');
            }
        }
        text.append("  kernels    ").append(kernels.map(archive -> count(archive) + " CUDA kernels by nvcc " + archive.compiler()
                + ": " + String.join(" ", archive.architectures())).orElse("none: built without nvcc")).append('\n');
        text.append(libraries()).append(products());
        return text.append("picked: ").append(picked).append(" (--backend or IONFORGE_BACKEND chooses another)").toString();
    }

    private static String libraries() {
        StringBuilder text = new StringBuilder();
        for (VendorLibraries.Status each : VendorLibraries.all()) {
            text.append("  %-10s %s: %s%n".formatted(text.isEmpty() ? "libraries" : "", each.name(), each.detail()));
        }
        return text.toString();
    }

    /// Who does the products whose shapes were measured.
    private static String products() {
        StringBuilder text = new StringBuilder();
        ProductChoices.remembered(ProductChoices.usualFile()).forEach((device, remembered) -> {
            text.append("  %-10s on %s (%s):%n".formatted("products", device, remembered.measuredWith()));
            remembered.products().forEach((product, choice) -> text.append(" ".repeat(13)).append(product).append(" by ").append(choice.provider())
                    .append(choice.milliseconds().entrySet().stream().map(each -> String.format(Locale.ROOT, "%s %.3g ms", each.getKey(),
                            each.getValue())).collect(Collectors.joining(", ", ": ", "\n"))));
        });
        return text.isEmpty() ? "  products   by our own kernels: none measured yet\n" : text.toString();
    }

    private static String phrase(Map.Entry<String, Object> property) {
        return switch (property.getKey()) {
            case "device" -> property.getValue().toString();
            case "memoryBytes" -> String.format(Locale.ROOT, "%.1f GiB", (Long) property.getValue() / 0x1p30);
            case "driver" -> "driver for CUDA " + property.getValue();
            case "computeCapability" -> "compute capability " + property.getValue();
            case "isa" -> property.getValue().toString();
            default -> property.getValue() + " " + property.getKey();
        };
    }

    private static long count(KernelArchive archive) {
        return archive.kernels().stream().map(KernelArchive.Kernel::name).distinct().count();
    }
}
