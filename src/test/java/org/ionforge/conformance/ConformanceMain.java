package org.ionforge.conformance;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.ionforge.compute.Backends;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs the conformance tests outside a build, on whatever this machine has: `DIR/ionforge conformance [--require BACKEND]…` of
/// a bundle. Says first which devices run, counts the tests of each room in the end, and exits with 1 if one failed or a room
/// ran none, 3 if a required backend is not there.
public final class ConformanceMain {

    private final PrintStream out;
    private final ConcurrentMap<String, Integer> ran = new ConcurrentHashMap<>();
    private int failures;

    private ConformanceMain(PrintStream out, List<Room> rooms) {
        this.out = out;
        rooms.forEach(room -> ran.put(room.label(), 0));
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    private static int run(String[] arguments, PrintStream out) {
        Map<String, Backends.Availability> backends = Backends.available().stream()
                .collect(Collectors.toMap(Backends.Availability::name, each -> each));
        out.println("conformance on " + backends.values().stream().filter(Backends.Availability::available)
                .map(each -> each.name() + ": " + each.detail()).sorted().collect(Collectors.joining("; ")));
        for (int i = 0; i < arguments.length; i++) {
            if (!arguments[i].equals("--require") || i + 1 == arguments.length || !backends.containsKey(arguments[i + 1])) {
                out.println("usage: conformance [--require " + String.join("|", Backends.NAMES) + "]…");
                return 2;
            }
            Backends.Availability required = backends.get(arguments[++i]);
            if (!required.available()) {
                out.println("ionforge: backend " + required.name() + " is required and not available: " + required.detail());
                return 3;
            }
        }
        return new ConformanceMain(out, Room.all()).execute();
    }

    private int execute() {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectPackage(ConformanceMain.class.getPackageName()))
                .filters(ClassNameFilter.includeClassNamePatterns(".*Test")).build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                finished(test, result);
            }
        });
        new TreeMap<>(ran).forEach((room, tests) -> out.printf("%-24s %d tests%n", room, tests));
        List<String> idle = ran.entrySet().stream().filter(room -> room.getValue() == 0).map(Map.Entry::getKey).toList();
        out.println(failures > 0 ? failures + " failed" : idle.isEmpty() ? "all passed" : "nothing ran on " + String.join(", ", idle));
        return failures > 0 || !idle.isEmpty() ? 1 : 0;
    }

    private void finished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            roomOf(test).ifPresent(room -> ran.merge(room, 1, Integer::sum));
        }
        if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            failures++;
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
