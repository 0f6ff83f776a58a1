// Chosen rows of a data set as one time-major batch (org.ionforge.compute.BatchRows): out[t,b,w] = data[index[b],t,w].
//
// 4 bytes in and 4 out an element, no arithmetic: bound by memory. Neighbouring threads take neighbouring elements of a piece of a
// row, so reads and writes are whole lines where a piece is 32 elements or more.
#include "portable.cuh"

extern "C" __global__ void __launch_bounds__(256) batch_rows_gather_u32(const uint32_t *data, int64_t rows, const int32_t *index, int32_t steps, int32_t batch, int32_t width, uint32_t *out) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= static_cast<int64_t>(steps) * batch * width) {
        return;
    }
    const int64_t w = i % width;
    const int64_t b = i / width % batch;
    const int64_t t = i / width / batch;
    const int64_t row = index[b];
    out[i] = row >= 0 && row < rows ? data[(row * steps + t) * width + w] : 0xffffffffu;
}
EXPORT_KERNEL(batch_rows_gather_u32)
