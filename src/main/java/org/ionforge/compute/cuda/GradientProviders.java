package org.ionforge.compute.cuda;

import java.util.Optional;
import org.ionforge.compute.cuda.vendor.VendorLibrary;

/// The libraries that multiply for the gradients of the gated MLP's large layers; where there is none, our kernel does.
///
/// @param trunk2 of the second layer of the trunk
/// @param heads  of the heads' hidden layers
record GradientProviders(Optional<VendorLibrary> trunk2, Optional<VendorLibrary> heads) {

    static final GradientProviders NONE = new GradientProviders(Optional.empty(), Optional.empty());
}
