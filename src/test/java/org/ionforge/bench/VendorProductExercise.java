package org.ionforge.bench;

import java.util.Optional;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.cuda.vendor.VendorLibraries;

/// An integer product by each of NVIDIA's libraries beside ours. A program of its own, since libraries are found when the process starts.
final class VendorProductExercise {

    private VendorProductExercise() {
    }

    public static void main(String[] arguments) {
        QuantizedProduct product = new QuantizedProduct(ElementType.S8, QuantizedGemm.Format.INT8, 16, 64, 32, QuantizedProduct.Result.SUMS);
        try (Backend backend = Backends.named("cuda"); Contender ours = product.on(backend)) {
            ours.run();
            for (String name : VendorLibraries.NAMES) {
                Optional<Contender> peer = new VendorProduct(name).contender(product);
                peer.ifPresent(contender -> {
                    try (contender) {
                        contender.run();
                        contender.run();
                        contender.finish();
                        System.out.println(name + (contender.sum() == ours.sum() ? " agrees" : " differs"));
                    }
                });
                if (peer.isEmpty()) {
                    System.out.println(name + " cannot");
                }
            }
        }
    }
}
