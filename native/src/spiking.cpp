// The C face of the spiking layers.
#include "ionforge_spiking.h"
#include "operations.h"

using ionforge::operations;

extern "C" {

int64_t ionforge_lif_workspace(const ionforge_lif_shape *shape, const ionforge_lif_neurons *neurons,
                               const ionforge_lif_gradients *gradients, int32_t threads) {
    return operations().lif_workspace(*shape, *neurons, gradients, threads);
}

void ionforge_lif_forward(const ionforge_lif_shape *shape, const ionforge_lif_neurons *neurons, const ionforge_lif_currents *currents,
                          const ionforge_lif_outputs *outputs, int32_t threads, void *workspace) {
    operations().lif_forward(*shape, *neurons, *currents, *outputs, threads, workspace);
}

void ionforge_lif_backward(const ionforge_lif_shape *shape, const ionforge_lif_neurons *neurons, const ionforge_lif_currents *currents,
                           const ionforge_lif_upstream *upstream, void *current_gradient, const ionforge_lif_gradients *gradients,
                           int32_t threads, void *workspace) {
    operations().lif_backward(*shape, *neurons, *currents, *upstream, current_gradient, *gradients, threads, workspace);
}

int64_t ionforge_spiking_forward_workspace(const ionforge_spiking_shape *shape, const ionforge_spiking_layer *layer,
                                           const ionforge_spiking_input *input, int32_t threads) {
    return operations().spiking_forward_workspace(*shape, *layer, *input, threads);
}

void ionforge_spiking_forward(const ionforge_spiking_shape *shape, const ionforge_spiking_layer *layer, const ionforge_spiking_input *input,
                              const ionforge_spiking_outputs *outputs, int32_t threads, void *workspace) {
    operations().spiking_forward(*shape, *layer, *input, *outputs, threads, workspace);
}

int64_t ionforge_spiking_backward_workspace(const ionforge_spiking_shape *shape, const ionforge_spiking_layer *layer,
                                            const ionforge_spiking_input *input, const float *currents,
                                            const ionforge_spiking_upstream *upstream, const ionforge_spiking_gradients *gradients,
                                            int32_t threads) {
    return operations().spiking_backward_workspace(*shape, *layer, *input, currents, *upstream, *gradients, threads);
}

void ionforge_spiking_backward(const ionforge_spiking_shape *shape, const ionforge_spiking_layer *layer, const ionforge_spiking_input *input,
                               const float *currents, const ionforge_spiking_upstream *upstream,
                               const ionforge_spiking_gradients *gradients, int32_t threads, void *workspace) {
    operations().spiking_backward(*shape, *layer, *input, currents, *upstream, *gradients, threads, workspace);
}
}
