package org.ionforge.bench.peers;

import java.util.List;
import org.ionforge.bench.Bench;
import org.ionforge.bench.Peer;

/// [Bench] with the peers of the class path.
public final class PeerBench {

    /// The libraries that we are measured beside: a line each.
    public static final List<Peer> PEERS = List.of(
            new Libtorch()
    );

    private PeerBench() {
    }

    public static void main(String[] arguments) {
        System.exit(Bench.run(arguments, PEERS));
    }
}
