package org.ionforge.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One line of a benchmark: an operation at a shape on a backend, beside its peer where it has one. What is not known is null.
///
/// @param bytes          moved per run, counted from the contract
/// @param operations     done per run, counted from the contract
/// @param shareOfCeiling of the ceiling measured in the same run that bounds it
/// @param ceiling        which one: `copy`, `fma` or `dot`
/// @param shareBeside    of the ceiling measured right before and after this, the better of both
/// @param ratio          peer time / ours: more than 1 is faster
/// @param sum            of our output ([Contender#sum]); `peerSum` of the peer's
/// @param memoryBytes    by which the process grew in our first run; `peerMemoryBytes` in the peer's
/// @param figures        what else the sides measured ([Contender#figures]), the peer's with `peer` before their names
/// @param run            which of its file's runs measured it, from 0
@JsonInclude(JsonInclude.Include.NON_NULL)
record Result(String suite, String operation, String shape, String backend, double medianMs, double p10Ms, double p90Ms,
              Long bytes, Long operations, Double shareOfCeiling, String ceiling, Double shareBeside, String peer, Double peerMedianMs, Double ratio,
              Double sum, Double peerSum, Long memoryBytes, Long peerMemoryBytes, Map<String, Double> figures, int run) {

    /// What one side of a comparison did.
    ///
    /// @param name        of the backend, or of the peer
    /// @param memoryBytes by which the process grew in its first run
    record Side(String name, Samples samples, double sum, long memoryBytes, Map<String, Double> figures) {
        Side with(Samples others) {
            return new Side(name, others, sum, memoryBytes, figures);
        }
    }

    static Result of(Benchmark.Suite suite, Workload workload, Side ours, Optional<Side> theirs) {
        Cost cost = workload.cost();
        double median = ours.samples().median();
        return new Result(suite.name().toLowerCase(Locale.ROOT), workload.operation(), workload.shape(), ours.name(), median,
                ours.samples().p10(), ours.samples().p90(), known(cost.bytes()), known(cost.operations()), null, null, null,
                theirs.map(Side::name).orElse(null), theirs.map(side -> side.samples().median()).orElse(null),
                theirs.map(side -> side.samples().median() / median).orElse(null), ours.sum(), theirs.map(Side::sum).orElse(null),
                ours.memoryBytes(), theirs.map(Side::memoryBytes).orElse(null), figures(ours, theirs), 0);
    }

    private static Map<String, Double> figures(Side ours, Optional<Side> theirs) {
        Map<String, Double> figures = new LinkedHashMap<>(ours.figures());
        theirs.ifPresent(side -> side.figures().forEach((name, value) -> figures.put("peer " + name, value)));
        return figures.isEmpty() ? null : figures;
    }

    Result under(Optional<Ceilings.Share> share, Optional<Ceilings.Share> beside) {
        return new Result(suite, operation, shape, backend, medianMs, p10Ms, p90Ms, bytes, operations,
                share.map(Ceilings.Share::share).orElse(null), share.map(Ceilings.Share::name).orElse(null),
                beside.map(Ceilings.Share::share).orElse(null), peer, peerMedianMs, ratio, sum, peerSum, memoryBytes, peerMemoryBytes, figures, run);
    }

    /// The same, as of another place in the list of runs.
    Result in(int otherRun) {
        return new Result(suite, operation, shape, backend, medianMs, p10Ms, p90Ms, bytes, operations, shareOfCeiling, ceiling, shareBeside,
                peer, peerMedianMs, ratio, sum, peerSum, memoryBytes, peerMemoryBytes, figures, otherRun);
    }

    boolean isOfTheSameAs(Result other) {
        return suite.equals(other.suite) && operation.equals(other.operation) && shape.equals(other.shape) && backend.equals(other.backend);
    }

    private static Long known(long count) {
        return count == 0 ? null : count;
    }
}
