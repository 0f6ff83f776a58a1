// cuDNN for machines without a GPU: the functions that the engine calls, on the driver over the emulator. Convolutions of images of one
// pixel. Of the algorithms that it offers the first is not deterministic and the second wants too much memory: neither may be taken.
#include "vendor.h"

namespace {

enum { SUCCESS = 0, BAD_PARAM = 2000, NOT_SUPPORTED = 3000 };
enum { NCHW = 0, FLOAT = 0, CROSS_CORRELATION = 1, DEFAULT_MATH = 0, FMA_MATH = 3 };
constexpr int ALGORITHM = 1;
constexpr size_t WORKSPACE = 1 << 20;

struct Handle {
    void *stream = nullptr;
};
// Images [n, c, 1, 1], or a filter from c channels to n.
struct Descriptor {
    int n = 0, c = 0;
};
struct Convolution {
    int math = -1;
};
struct Performance {
    int algorithm, status;
    float time;
    size_t memory;
    int deterministic, math;
    int reserved[3];
};

int describe(Descriptor *descriptor, int format, int type, int n, int c, int h, int w) {
    if (format != NCHW || type != FLOAT || n < 1 || c < 1 || h != 1 || w != 1) {
        return BAD_PARAM;
    }
    return *descriptor = {n, c}, SUCCESS;
}

int algorithms(const Convolution &convolution, int asked, int *found, Performance *results) {
    if (asked < 3 || (convolution.math != DEFAULT_MATH && convolution.math != FMA_MATH)) {
        return BAD_PARAM;
    }
    results[0] = {0, SUCCESS, 0.1f, 0, 0, convolution.math, {}};
    results[1] = {7, SUCCESS, 0.2f, size_t{1} << 40, 1, convolution.math, {}};
    results[2] = {ALGORITHM, SUCCESS, 0.3f, WORKSPACE, 1, convolution.math, {}};
    return *found = 3, SUCCESS;
}

bool plain(const void *alpha, const void *beta, int algorithm, const void *workspace, size_t bytes) {
    return *static_cast<const float *>(alpha) == 1.0f && *static_cast<const float *>(beta) == 0.0f && algorithm == ALGORITHM && workspace != nullptr &&
           bytes >= WORKSPACE;
}

}  // namespace

VENDOR size_t cudnnGetVersion() { return CUDNN_VERSION; }
VENDOR const char *cudnnGetErrorString(int) { return "said by the stand-in for cuDNN"; }
VENDOR int cudnnCreate(Handle **handle) { return create(handle); }
VENDOR int cudnnDestroy(Handle *handle) { return destroy(handle), expect_none_open("cuDNN"), SUCCESS; }
VENDOR int cudnnSetStream(Handle *handle, void *stream) { return handle->stream = stream, SUCCESS; }
VENDOR int cudnnCreateTensorDescriptor(Descriptor **tensor) { return create(tensor); }
VENDOR int cudnnDestroyTensorDescriptor(Descriptor *tensor) { return destroy(tensor); }
VENDOR int cudnnSetTensor4dDescriptor(Descriptor *tensor, int format, int type, int n, int c, int h, int w) {
    return describe(tensor, format, type, n, c, h, w);
}
VENDOR int cudnnCreateFilterDescriptor(Descriptor **filter) { return create(filter); }
VENDOR int cudnnDestroyFilterDescriptor(Descriptor *filter) { return destroy(filter); }
VENDOR int cudnnSetFilter4dDescriptor(Descriptor *filter, int type, int format, int k, int c, int h, int w) {
    return describe(filter, format, type, k, c, h, w);
}
VENDOR int cudnnCreateConvolutionDescriptor(Convolution **convolution) { return create(convolution); }
VENDOR int cudnnDestroyConvolutionDescriptor(Convolution *convolution) { return destroy(convolution); }
VENDOR int cudnnSetConvolution2dDescriptor(Convolution *, int pad_h, int pad_w, int u, int v, int dilation_h, int dilation_w, int mode, int type) {
    return pad_h == 0 && pad_w == 0 && u == 1 && v == 1 && dilation_h == 1 && dilation_w == 1 && mode == CROSS_CORRELATION && type == FLOAT
               ? SUCCESS : BAD_PARAM;
}
VENDOR int cudnnSetConvolutionMathType(Convolution *convolution, int math) { return convolution->math = math, SUCCESS; }

VENDOR int cudnnGetConvolutionForwardAlgorithm_v7(Handle *, Descriptor *x, Descriptor *w, Convolution *convolution, Descriptor *y, int asked,
                                                  int *found, Performance *results) {
    return x->c == w->c && y->n == x->n && y->c == w->n ? algorithms(*convolution, asked, found, results) : BAD_PARAM;
}
VENDOR int cudnnConvolutionForward(Handle *handle, const void *alpha, Descriptor *x, const void *images, Descriptor *w, const void *filter,
                                   Convolution *, int algorithm, void *workspace, size_t bytes, const void *beta, Descriptor *y, void *out) {
    if (!plain(alpha, beta, algorithm, workspace, bytes) || x->c != w->c || y->n != x->n || y->c != w->n) {
        return BAD_PARAM;
    }
    return launch(handle->stream, {ELEMENT_F32, images, filter, out, x->n, w->n, x->c, x->c, 1, 1, w->c, w->n, 1});
}
VENDOR int cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle *, Descriptor *x, Descriptor *dy, Convolution *convolution, Descriptor *dw, int asked,
                                                         int *found, Performance *results) {
    return x->n == dy->n && dw->n == dy->c && dw->c == x->c ? algorithms(*convolution, asked, found, results) : BAD_PARAM;
}
VENDOR int cudnnConvolutionBackwardFilter(Handle *handle, const void *alpha, Descriptor *x, const void *images, Descriptor *dy,
                                          const void *derivatives, Convolution *, int algorithm, void *workspace, size_t bytes, const void *beta,
                                          Descriptor *dw, void *out) {
    if (!plain(alpha, beta, algorithm, workspace, bytes) || x->n != dy->n || dw->n != dy->c || dw->c != x->c) {
        return BAD_PARAM;
    }
    return launch(handle->stream, {ELEMENT_F32, derivatives, images, out, dy->c, x->c, x->n, 1, dy->c, x->c, 1, x->c, 1});
}
