package org.ionforge.bench;

import com.fasterxml.jackson.annotation.JsonInclude;

/// One line of a benchmark: an operation at a shape on a backend, beside its peer where it has one.
///
/// @param bytes      moved per run, counted from the contract; null where it makes no sense
/// @param operations done per run, counted from the contract; null where it makes no sense
/// @param shareOfCeiling of the ceiling measured in the same run that bounds it
/// @param ratio      peer time / ours: more than 1 is faster
@JsonInclude(JsonInclude.Include.NON_NULL)
record Result(String suite, String operation, String shape, String backend, double medianMs, double p10Ms, double p90Ms,
              Long bytes, Long operations, Double shareOfCeiling, String peer, Double peerMedianMs, Double ratio) {

    static Result of(String suite, String operation, String shape, String backend, Samples samples, Long bytes, Long operations,
                     Double shareOfCeiling) {
        return new Result(suite, operation, shape, backend, samples.median(), samples.p10(), samples.p90(), bytes, operations,
                shareOfCeiling, null, null, null);
    }

    Result beside(String name, Samples peerSamples) {
        return new Result(suite, operation, shape, backend, medianMs, p10Ms, p90Ms, bytes, operations, shareOfCeiling, name,
                peerSamples.median(), peerSamples.median() / medianMs);
    }
}
