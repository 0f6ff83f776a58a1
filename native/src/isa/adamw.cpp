// One AdamW step on one run of parameters (org.ionforge.compute.AdamW): 12 FLOP against 16 bytes read and 12 written for each
// element, so memory is the limit once the parameters leave the cache.
#include "adamw.h"

#include <cmath>

namespace ionforge::IONFORGE_ISA {

void adamw_step(float *parameters, const float *gradients, float *m, float *v, int64_t n, const AdamWStep &step) {
    const float keep = step.decay, beta1 = step.beta1, rest1 = step.rest1, beta2 = step.beta2, rest2 = step.rest2;
    const float rate = step.rate, root = step.root, epsilon = step.epsilon, minimum = step.minimum, maximum = step.maximum;
    for (int64_t i = 0; i < n; i++) {
        const float g = gradients[i];
        const float mean = beta1 * m[i] + rest1 * g;
        const float square = beta2 * v[i] + rest2 * (g * g);
        m[i] = mean;
        v[i] = square;
        float p = keep * parameters[i] - rate * mean / (root * std::sqrt(square) + epsilon);
        // Written so that a NaN stays one.
        p = p < minimum ? minimum : p;
        parameters[i] = p > maximum ? maximum : p;
    }
}

}  // namespace ionforge::IONFORGE_ISA
