package org.ionforge.bench.peers;

import java.util.List;
import java.util.Optional;
import org.ionforge.bench.Bench;
import org.ionforge.bench.Peer;

/// [Bench] with the peers of the class path.
public final class PeerBench {

    /// The libraries that we are measured beside: a line each.
    private static final List<Peer> PEERS = List.of(
            new Libtorch(),
            new LibtorchOnce(),
            new OneDnn(),
            new OwnInt8(),
            new OnnxRuntime(OnnxIntegerPass.Products.FP32),
            new OnnxRuntime(OnnxIntegerPass.Products.INT8)
    );

    public static final Bench.Company COMPANY = new Bench.Company(PEERS, Optional.of(new JmhStopwatch()));

    private PeerBench() {
    }

    public static void main(String[] arguments) {
        System.exit(Bench.run(arguments, COMPANY));
    }
}
