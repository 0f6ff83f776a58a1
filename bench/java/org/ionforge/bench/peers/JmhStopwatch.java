package org.ionforge.bench.peers;

import java.util.Collection;
import org.ionforge.bench.Stopwatch;
import org.ionforge.bench.Workload;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// JMH around [ShortRun].
final class JmhStopwatch implements Stopwatch {

    private static final int WARMUPS = 5;
    private static final int ITERATIONS = 11;
    private static final TimeValue ITERATION = TimeValue.milliseconds(100);

    @Override
    public double[] measure(Workload workload, String backend) {
        try {
            Collection<RunResult> runs = new Runner(new OptionsBuilder().include(ShortRun.class.getName())
                    .param("operation", workload.operation()).param("shape", workload.shape()).param("backend", backend).forks(1)
                    .warmupIterations(WARMUPS).warmupTime(ITERATION).measurementIterations(ITERATIONS).measurementTime(ITERATION)
                    .shouldFailOnError(true).verbosity(VerboseMode.SILENT).build()).run();
            return runs.stream().flatMap(run -> run.getBenchmarkResults().stream()).flatMap(fork -> fork.getIterationResults().stream())
                    .mapToDouble(iteration -> iteration.getPrimaryResult().getScore()).toArray();
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH could not measure " + workload.operation() + " " + workload.shape(), e);
        }
    }
}
