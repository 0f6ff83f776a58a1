/// Operations as CUDA kernels: one launcher class per operation, which owns its launch geometry, over a [Device] that is a
/// GPU (through JCuda) or the emulator. Both run the kernels of `kernels/*.cu`.
package org.ionforge.compute.cuda;
