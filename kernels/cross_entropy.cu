// Cross entropy of class scores, its gradient and the right answers (org.ionforge.compute.CrossEntropy): with z = scale·x,
//
//   loss_b = ln Σ exp(z_c) − z_y        gradient[b,c] = scale·(softmax(z)_c − [c = y])/B
//
// 8 bytes and an exponential a score. Differences from the largest are taken in double, so that their exponentials are good to a float;
// sums are in double. `each` is scale/B. A batch has some thousand scores, so one block does it all and folds the totals in a fixed
// order; what it takes is the latency of a launch.
#include "portable.cuh"

constexpr int THREADS = 256;

extern "C" __global__ void __launch_bounds__(THREADS) cross_entropy_scores_f32(const float *scores, int64_t samples, int32_t classes, float scale, float each, const uint8_t *labels, int64_t data_rows, const int32_t *index, float *gradient, double *totals) {
    SHARED_ARRAY(double, losses, THREADS);
    SHARED_ARRAY(int32_t, rights, THREADS);
    double loss = 0;
    int32_t right = 0;
    for (int64_t b = threadIdx.x; b < samples; b += THREADS) {
        const float *row = scores + b * classes;
        const int label = index[b] >= 0 && index[b] < data_rows ? labels[index[b]] : classes;
        bool known = label < classes;
        int answer = 0;
        for (int c = 0; c < classes; c++) {
            known = known && row[c] == row[c];
            answer = static_cast<double>(scale) * row[c] > static_cast<double>(scale) * row[answer] ? c : answer;
        }
        const double largest = known ? static_cast<double>(scale) * row[answer] : static_cast<double>(nanf(""));
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += expf(static_cast<float>(static_cast<double>(scale) * row[c] - largest));
        }
        const float inverse = 1.0f / static_cast<float>(sum);  // one division a row: a division in the loop would spill around its slow path
        for (int c = 0; gradient != nullptr && c < classes; c++) {
            const float share = expf(static_cast<float>(static_cast<double>(scale) * row[c] - largest)) * inverse;
            gradient[b * classes + c] = each * (share - (c == label ? 1.0f : 0.0f));
        }
        loss += known ? logf(static_cast<float>(sum)) - (static_cast<double>(scale) * row[label] - largest) : largest;
        right += known && answer == label ? 1 : 0;
    }
    losses[threadIdx.x] = loss;
    rights[threadIdx.x] = right;
    block_sync();
    for (unsigned half = THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) {
            losses[threadIdx.x] += losses[threadIdx.x + half];
            rights[threadIdx.x] += rights[threadIdx.x + half];
        }
        block_sync();
    }
    if (threadIdx.x == 0) {
        totals[0] += losses[0];
        totals[1] += rights[0];
        totals[2] += static_cast<double>(samples);
    }
}
EXPORT_KERNEL(cross_entropy_scores_f32)
