package org.ionforge.conformance;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.ionforge.compute.Backends;
import org.ionforge.compute.cuda.CudaBackend;
import org.ionforge.compute.cuda.EmulatedDevice;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// The conformance tests without a build around them: for a machine that has the classes and nothing else (`DIR/ionforge
/// conformance` of a bundle), and for a process of its own with other environment variables.
///
/// Says first what each backend runs on; then the failures, the tests of each room, and the kernels that no test launched on an
/// emulated one. Exit code 1 if a test failed or a room ran none, 2 for wrong usage, 3 if a required backend is not there.
public final class ConformanceMain {

    private static final Options OPTIONS = new Options()
            .addOption(Option.builder().longOpt("require").hasArgs().argName("BACKEND").desc("fail where this is not available").get())
            .addOption(Option.builder().longOpt("only").hasArgs().argName("ROOM").desc("a backend, or 'emulator forward'").get())
            .addOption(Option.builder().longOpt("with").hasArgs().argName("CLASS").desc("a test class besides").get());

    private final PrintStream out;
    private final List<Room> rooms;
    private final ConcurrentMap<String, Integer> ran = new ConcurrentHashMap<>();
    private final AtomicInteger failures = new AtomicInteger();

    private ConformanceMain(PrintStream out, List<Room> rooms) {
        this.out = out;
        this.rooms = rooms;
        rooms.forEach(room -> ran.put(room.label(), 0));
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    private static int run(String[] arguments, PrintStream out) {
        CommandLine line;
        try {
            line = new DefaultParser(false).parse(OPTIONS, arguments);
        } catch (ParseException e) {
            out.println("ionforge: " + e.getMessage() + "; usage: conformance [--require BACKEND…] [--only ROOM…] [--with CLASS…]");
            return 2;
        }
        List<Backends.Availability> backends = Backends.available();
        out.println("conformance on " + backends.stream().filter(Backends.Availability::available)
                .map(each -> each.name() + ": " + each.detail()).collect(Collectors.joining("; ")));
        for (String name : line.hasOption("require") ? line.getOptionValues("require") : new String[0]) {
            if (backends.stream().noneMatch(each -> each.available() && each.name().equals(name))) {
                out.println("ionforge: backend " + name + " is required and not available: " + backends.stream()
                        .filter(each -> each.name().equals(name)).map(Backends.Availability::detail).findFirst().orElse("no such backend"));
                return 3;
            }
        }
        if (line.hasOption("only")) {
            System.setProperty(Room.ONLY, String.join(",", line.getOptionValues("only")));
        }
        return new ConformanceMain(out, Room.all()).execute(line.hasOption("with") ? List.of(line.getOptionValues("with")) : List.of());
    }

    private int execute(List<String> classes) {
        String conformance = Pattern.quote(ConformanceMain.class.getPackageName()) + ".*ConformanceTest";
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectPackage(ConformanceMain.class.getPackageName()))
                .selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
                .filters(ClassNameFilter.includeClassNamePatterns(Stream.concat(Stream.of(conformance), classes.stream().map(Pattern::quote))
                        .toArray(String[]::new))).build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                finished(test, result);
            }
        });
        new TreeMap<>(ran).forEach((room, tests) -> out.printf("%-24s %d tests%n", room, tests));
        rooms.stream().filter(room -> room.backendName().equals("emulator")).forEach(this::idleKernels);
        List<String> idle = ran.entrySet().stream().filter(room -> room.getValue() == 0).map(Map.Entry::getKey).toList();
        out.println(failures.get() > 0 ? failures + " failed" : idle.isEmpty() ? "all passed" : "nothing ran on " + String.join(", ", idle));
        return failures.get() > 0 || !idle.isEmpty() ? 1 : 0;
    }

    private void idleKernels(Room room) {
        try (CudaBackend backend = (CudaBackend) room.open().get()) {
            EmulatedDevice device = (EmulatedDevice) backend.device();
            List<String> idle = device.kernels().stream().filter(kernel -> device.launches(kernel) == 0).sorted().toList();
            out.println(idle.isEmpty() ? "every kernel ran on " + room : "never launched on " + room + ": " + String.join(", ", idle));
        }
    }

    private void finished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            roomOf(test).ifPresent(room -> ran.merge(room, 1, Integer::sum));
        }
        if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            failures.incrementAndGet();
            out.println("FAILED " + test.getUniqueId().replaceAll(".*\\[class:", "[") + " " + test.getDisplayName());
            result.getThrowable().ifPresent(failure -> out.println("  " + failure));
        }
    }

    /// Tests that take a room are named after it.
    private Optional<String> roomOf(TestIdentifier test) {
        String name = test.getDisplayName().replaceFirst("^\\[\\d+\\] ", "");
        return ran.keySet().stream().filter(label -> name.equals(label) || name.startsWith(label + ",")).findFirst();
    }
}
