package org.ionforge.bench.peers;

import java.util.Optional;
import org.ionforge.bench.Contender;
import org.ionforge.bench.Peer;
import org.ionforge.bench.QuantizedProduct;
import org.ionforge.bench.Workload;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.QuantizedGemm;

/// Our own INT8 product as the peer of the narrower formats: the same codes, so the same sums.
final class OwnInt8 implements Peer {

    @Override
    public String name() {
        return "ionforge INT8";
    }

    @Override
    public String backend() {
        return "cpu";
    }

    /// They are the same threads as ours.
    @Override
    public void setThreads(int threads) {
    }

    @Override
    public Optional<Contender> contender(Workload workload) {
        return workload instanceof QuantizedProduct product && product.format() != QuantizedGemm.Format.INT8
                ? Optional.of(new OnItsOwnBackend(product)) : Optional.empty();
    }

    private static final class OnItsOwnBackend implements Contender {
        private final Backend backend = Backends.named("cpu");
        private final Contender product;

        OnItsOwnBackend(QuantizedProduct narrow) {
            product = narrow.asInt8(backend);
        }

        @Override
        public void run() {
            product.run();
        }

        @Override
        public double sum() {
            return product.sum();
        }

        @Override
        public void close() {
            product.close();
            backend.close();
        }
    }
}
