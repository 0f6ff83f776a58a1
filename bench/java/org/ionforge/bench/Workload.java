package org.ionforge.bench;

import java.util.function.Function;
import org.ionforge.compute.Backend;

/// One operation at one shape: a row of the results. A workload that a [Peer] does too is a record of its own, with what the peer
/// needs to do the same on the same data; others are made by [#of].
public interface Workload {

    /// Interface and method of the contract: `greatCircle.measure`.
    String operation();

    /// Sizes: `4194304 rows`, `128×784×1000`.
    String shape();

    /// Of one run, counted from the contract.
    Cost cost();

    /// How far the peer's [Contender#sum] may be from ours, relative to the larger one; 0 where the operation is exact.
    default double tolerance() {
        return 1e-4;
    }

    /// Ours, with its operands on `backend`.
    Contender on(Backend backend);

    /// A workload without a peer.
    ///
    /// @param ours makes the operands and the contender
    static Workload of(String operation, String shape, Cost cost, Function<Operands, Contender> ours) {
        return new Workload() {
            @Override
            public String operation() {
                return operation;
            }

            @Override
            public String shape() {
                return shape;
            }

            @Override
            public Cost cost() {
                return cost;
            }

            @Override
            public Contender on(Backend backend) {
                return Operands.contender(backend, ours);
            }
        };
    }
}
