package org.ionforge.conformance;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import org.ionforge.compute.Backend;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// The conformance tests without a build around them: for a machine that has the classes and nothing else, and for a process of
/// its own with other environment variables.
///
/// Arguments are names of backends, all that are present by default. Prints what each runs on, then the failures and the counts;
/// exit code 1 if a test failed or none ran.
public final class ConformanceRun {

    private ConformanceRun() {
    }

    /// @param args names of backends
    public static void main(String[] args) {
        if (args.length > 0) {
            System.setProperty(Room.ONLY, String.join(",", args));
        }
        for (Room room : Room.all()) {
            try (Backend backend = room.open().get()) {
                System.out.println(room + ": " + backend.description());
            }
        }
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage(ConformanceRun.class.getPackageName()))
                .filters(includeClassNamePatterns(".*ConformanceTest")).build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true), 10);
        System.out.println(summary.getTestsSucceededCount() + " passed, " + summary.getTestsFailedCount() + " failed, "
                + summary.getTestsSkippedCount() + " skipped");
        System.exit(summary.getTestsSucceededCount() > 0 && summary.getTotalFailureCount() == 0 ? 0 : 1);
    }
}
