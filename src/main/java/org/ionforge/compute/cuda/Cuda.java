package org.ionforge.compute.cuda;

import java.util.Set;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/// Turns the driver's result codes into exceptions that name the call.
final class Cuda {

    /// After these the context is dead: every further call gives the same error.
    private static final Set<Integer> FATAL = Set.of(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, CUresult.CUDA_ERROR_LAUNCH_FAILED,
            CUresult.CUDA_ERROR_MISALIGNED_ADDRESS, CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION, CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
            CUresult.CUDA_ERROR_ASSERT, CUresult.CUDA_ERROR_ECC_UNCORRECTABLE);

    private Cuda() {
    }

    /// @param call the function, and on what, for the message
    static void check(String call, int code) {
        if (code == CUresult.CUDA_SUCCESS) {
            return;
        }
        String[] text = {null};
        JCudaDriver.cuGetErrorString(code, text);
        String remedy = FATAL.contains(code)
                ? "; a kernel went wrong and the GPU's context is lost: start the process again, with IONFORGE_CUDA_SYNC=1 to learn which"
                : code == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU || code == CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION
                ? "; the kernels were not built for this GPU or the driver is too old for them (CUDA 13 needs 580 or later)"
                : "";
        throw new CudaException(call + ": " + CUresult.stringFor(code) + (text[0] == null ? "" : " (" + text[0] + ")") + remedy);
    }
}
