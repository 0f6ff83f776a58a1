#include "input_rows.h"

#include <algorithm>

#include "lanes.h"
#include "panel_gemm.h"
#include "parallel.h"

namespace ionforge::IONFORGE_ISA {

InputRows::InputRows(const ionforge_spiking_shape &shape, const ionforge_spiking_input &of, int64_t product_steps, bool back, Pieces &pieces)
    : input(of), steps(product_steps), batch(shape.batch), inputs(shape.inputs), of_row{1, inputs, inputs}, base(static_cast<const float *>(of.values)) {
    if (of.patches == nullptr) {
        return;
    }
    frames.emplace(*of.patches);
    of_row = {frames->runs(), frames->run(), frames->row()};
    if (of.map_kind == IONFORGE_MAP_BITS || !frames->is_the_map()) {
        base = pooled = pieces.take<float>(images() * frames->elements());
    }
    if (back && !frames->is_the_map()) {
        gradient_frames = pieces.take<float>(images() * frames->elements());
    }
}

void InputRows::fill() const {
    if (pooled == nullptr) {
        return;
    }
    parallel_for(images(), [&](int64_t image) {
        float *frame = pooled + image * frames->elements();
        if (frames->s.padding > 0) {
            std::fill_n(frame, frames->elements(), 0.0f);
        }
        fill_frame(*frames, input.values, input.map_kind, image, frame);
    });
}

void InputRows::point(int64_t first, int64_t samples, const float **rows) const {
    const float **to = rows;
    for (int64_t t = 0; t < steps; t++) {
        if (!frames) {
            for (int64_t b = 0; b < samples; b++) {
                *to++ = base + (t * batch + first + b) * inputs;
            }
            continue;
        }
        const int64_t position = first % frames->positions;
        const float *frame = base + (t * (batch / frames->positions) + first / frames->positions) * frames->elements();
        int64_t y = position / frames->out_width, x = position % frames->out_width;
        for (int64_t b = 0; b < samples; b++) {
            *to++ = frame + frames->start(y, x);
            if (++x == frames->out_width) {
                x = 0;
                if (++y == frames->out_height) {
                    y = 0;
                    frame += frames->elements();
                }
            }
        }
    }
    for (; (to - rows) % MR != 0; to++) {
        *to = to[-1];
    }
}

int64_t InputRows::tiles_of_run() const { return (of_row.run + NR - 1) / NR; }

Columns InputRows::columns(int64_t tile) const {
    const int64_t run = tile / tiles_of_run(), within = tile % tiles_of_run() * NR;
    return {run * of_row.run + within, std::min<int64_t>(NR, of_row.run - within), run * of_row.line + within};
}

void InputRows::add_gradient(const float *from, int64_t t, int64_t sample, const float *row, float *maps) const {
    const int64_t image = t * (batch / frames->positions) + sample / frames->positions, position = sample % frames->positions;
    float *frame = (frames->is_the_map() ? maps : gradient_frames) + image * frames->elements();
    if (position == 0) {
        std::fill_n(frame, frames->elements(), 0.0f);
    }
    float *to = frame + (row - base - image * frames->elements());
    for (int64_t run = 0; run < of_row.runs; run++, from += of_row.run, to += of_row.line) {
        int64_t k = 0;
        for (; k + LANES <= of_row.run; k += LANES) {
            store(to + k, load(to + k) + load(from + k));
        }
        if (k < of_row.run) {
            const int64_t left = of_row.run - k;
            store_some(to + k, load_some(to + k, left) + load_some(from + k, left), left);
        }
    }
    if (position + 1 == frames->positions && !frames->is_the_map()) {
        spread(*frames, frame, maps + image * frames->map_elements());
    }
}

}  // namespace ionforge::IONFORGE_ISA
