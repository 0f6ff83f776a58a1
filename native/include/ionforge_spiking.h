/* The face of the cpu backend for spiking layers. Conventions of ionforge_cpu.h; contracts: org.ionforge.compute.Lif, LifDialect,
 * Surrogate and SpikingLinear. Arrays that are not there are null. */
#ifndef IONFORGE_SPIKING_H
#define IONFORGE_SPIKING_H

#include "ionforge_patches.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ionforge_lif_shape {
    int32_t steps, batch, neurons;
};

struct ionforge_lif_neurons {
    const float *leak, *threshold, *slope, *offset; /* slope and offset: of a learnable surrogate only */
    int32_t per_neuron;                             /* bits 0 to 3: leak, threshold, slope, offset hold one value a neuron */
    int32_t dialect;                                /* LifNeurons.code() */
    float synapse_decay, resistance, rest, initial, reset_value;
    int32_t surrogate;                              /* Surrogate.code() */
    float surrogate_slope;
    const float *levels;                            /* StateLevels.table(); null if membranes are not rounded */
};

/* Currents, and the gradients that have their type. */
struct ionforge_lif_currents {
    const void *values;
    int32_t bf16;     /* 0: F32 */
    int32_t constant; /* [batch, neurons], the same at every step */
};

struct ionforge_lif_outputs {
    uint32_t *spikes;
    float *counts, *membrane, *last_membrane;
};

struct ionforge_lif_upstream {
    const void *spikes;
    const float *counts, *membrane, *last_membrane;
};

struct ionforge_lif_gradients {
    float *leak, *threshold, *slope, *offset;
};

/* A call works on up to `threads` threads and in a scratch memory of the caller's, aligned to 64 bytes; its contents need not be
 * kept or cleared. The first function says how many bytes: of a forward call, if `gradients` is null. */
IONFORGE_API int64_t ionforge_lif_workspace(const struct ionforge_lif_shape *shape, const struct ionforge_lif_neurons *neurons,
                                            const struct ionforge_lif_gradients *gradients, int32_t threads);
IONFORGE_API void ionforge_lif_forward(const struct ionforge_lif_shape *shape, const struct ionforge_lif_neurons *neurons,
                                       const struct ionforge_lif_currents *currents, const struct ionforge_lif_outputs *outputs,
                                       int32_t threads, void *workspace);
IONFORGE_API void ionforge_lif_backward(const struct ionforge_lif_shape *shape, const struct ionforge_lif_neurons *neurons,
                                        const struct ionforge_lif_currents *currents, const struct ionforge_lif_upstream *upstream,
                                        void *current_gradient, const struct ionforge_lif_gradients *gradients, int32_t threads,
                                        void *workspace);

struct ionforge_quantisation {
    const float *scale; /* null: not quantised */
    int32_t lowest, highest, mask;
};

struct ionforge_spiking_weights {
    const float *values, *bias;
    struct ionforge_quantisation quantisation;
};

struct ionforge_spiking_layer {
    struct ionforge_spiking_weights weights;
    struct ionforge_quantisation current;
    struct ionforge_lif_neurons neurons;
};

struct ionforge_spiking_shape {
    int32_t steps, batch, inputs, neurons;
};

struct ionforge_spiking_input {
    const void *values;
    int32_t kind; /* SpikingLinear.Input.Kind by ordinal: constant, sequence, spikes */
    int32_t bf16;
    /* Null, or `values` are the maps of all steps, and the rows, which are constant or a sequence of floats, their patches
     * (org.ionforge.compute.SpikingConvolution); the gradient of the input is then that of the maps. */
    const struct ionforge_patches_shape *patches;
    int32_t map_kind; /* IONFORGE_MAP_BITS or IONFORGE_MAP_F32 */
};

struct ionforge_spiking_outputs {
    struct ionforge_lif_outputs lif;
    float *currents, *current_range;
};

struct ionforge_spiking_upstream {
    struct ionforge_lif_upstream lif;
    const float *next_gradient; /* null: no way through a next layer */
    int32_t next_neurons;
    struct ionforge_spiking_weights next_weights;
};

struct ionforge_spiking_gradients {
    float *weights, *bias, *current, *input;
    struct ionforge_lif_gradients lif;
};

/* `threads` and workspaces as above. */
IONFORGE_API int64_t ionforge_spiking_forward_workspace(const struct ionforge_spiking_shape *shape,
                                                        const struct ionforge_spiking_layer *layer,
                                                        const struct ionforge_spiking_input *input, int32_t threads);
IONFORGE_API void ionforge_spiking_forward(const struct ionforge_spiking_shape *shape, const struct ionforge_spiking_layer *layer,
                                           const struct ionforge_spiking_input *input,
                                           const struct ionforge_spiking_outputs *outputs, int32_t threads, void *workspace);
/* `currents`: what forward wrote, null to have them computed again. */
IONFORGE_API int64_t ionforge_spiking_backward_workspace(const struct ionforge_spiking_shape *shape,
                                                         const struct ionforge_spiking_layer *layer,
                                                         const struct ionforge_spiking_input *input, const float *currents,
                                                         const struct ionforge_spiking_upstream *upstream,
                                                         const struct ionforge_spiking_gradients *gradients, int32_t threads);
IONFORGE_API void ionforge_spiking_backward(const struct ionforge_spiking_shape *shape, const struct ionforge_spiking_layer *layer,
                                            const struct ionforge_spiking_input *input, const float *currents,
                                            const struct ionforge_spiking_upstream *upstream,
                                            const struct ionforge_spiking_gradients *gradients, int32_t threads, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
