package org.ionforge.compute.cuda.vendor;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ionforge.bindings.NativeLibrary;
import org.ionforge.bindings.cublas.cublasLt_h;
import org.ionforge.bindings.cudnn.cudnn_h;

/// Which of NVIDIA's libraries are installed: where the dynamic linker looks, which `LD_LIBRARY_PATH` extends.
public final class VendorLibraries {

    /// A library that the engine can use.
    ///
    /// @param installed whether it is there and loads
    /// @param detail    file and version, or what is missing
    public record Status(String name, boolean installed, String detail) {
    }

    /// How to find one, and to open it.
    private record Candidate(String name, Supplier<Status> look, Function<VendorStream, VendorLibrary> open) {
        Optional<VendorLibrary> on(VendorStream device) {
            if (!look.get().installed) {
                return Optional.empty();
            }
            try {
                return Optional.of(open.apply(device));
            } catch (VendorException | LinkageError | AssertionError e) {
                // Installed, but not of this driver or GPU: the products stay ours, and its status in `devices` says what is there.
                return Optional.empty();
            }
        }
    }

    private static final List<Candidate> CANDIDATES = List.of(
            new Candidate("cuBLASLt", () -> bound("cuBLASLt", cublasLt_h.library(), cublasLt_h.LIBRARIES, CublasLt::installedVersion), CublasLt::new),
            new Candidate("cuBLAS", () -> byJCuda("cuBLAS", CublasByJCuda.LIBRARY, "JCublas", () -> "12"), CublasByJCuda::new),
            new Candidate("cuDNN", VendorLibraries::cudnn, device -> cudnn_h.library().isPresent() ? new Cudnn(device) : new CudnnByJCuda(device)));

    /// Of all, the first preferred where two are as fast.
    public static final List<String> NAMES = CANDIDATES.stream().map(Candidate::name).toList();

    private VendorLibraries() {
    }

    /// Every library, installed or not. Opens none.
    public static List<Status> all() {
        return CANDIDATES.stream().map(candidate -> candidate.look.get()).toList();
    }

    /// Those that are installed and open on this device; the caller closes them before the device. One that does not open is left out.
    public static List<VendorLibrary> open(VendorStream device) {
        return CANDIDATES.stream().flatMap(candidate -> candidate.on(device).stream()).toList();
    }

    /// The one of that name, likewise.
    public static Optional<VendorLibrary> open(VendorStream device, String name) {
        return CANDIDATES.stream().filter(candidate -> candidate.name.equals(name)).findFirst().flatMap(candidate -> candidate.on(device));
    }

    private static Status cudnn() {
        return cudnn_h.library().isPresent() || !loads(CudnnByJCuda.LIBRARY)
                ? bound("cuDNN", cudnn_h.library(), List.of(cudnn_h.LIBRARIES.getFirst(), CudnnByJCuda.LIBRARY), Cudnn::installedVersion)
                : byJCuda("cuDNN", CudnnByJCuda.LIBRARY, "JCudnn", CudnnByJCuda::installedVersion);
    }

    private static Status bound(String name, Optional<String> library, List<String> wanted, Supplier<String> version) {
        return library.map(file -> status(name, file, version)).orElseGet(() -> new Status(name, false, String.join(" or ", wanted)
                + " is not installed"));
    }

    private static Status byJCuda(String name, String library, String binding, Supplier<String> version) {
        return loads(library) ? status(name, library + " through " + binding, version) : new Status(name, false, library + " is not installed");
    }

    private static Status status(String name, String file, Supplier<String> version) {
        try {
            return new Status(name, true, file + ", version " + version.get());
        } catch (LinkageError | AssertionError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new Status(name, false, file + " is installed but does not fit: " + cause.getMessage());
        }
    }

    private static boolean loads(String library) {
        return NativeLibrary.firstOf(List.of(library)).loaded().isPresent();
    }
}
